"""JSON-RPC 2.0 as Odoo speaks it."""
