"""Goods: where they are, what is promised, and how they move."""
