"""Seed data of products."""
