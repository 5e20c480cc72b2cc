"""Engines, transactions and schema: everything that knows a database driver."""
