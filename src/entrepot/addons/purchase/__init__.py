"""Buying: requests, orders, their receipts and bills."""
