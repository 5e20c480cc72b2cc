"""Add-ons: found, read, put together, installed into a tenant."""
