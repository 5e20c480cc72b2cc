"""Shops: tickets, payments, sessions and their closing entries."""
