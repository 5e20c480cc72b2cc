"""Leads and opportunities, from the first word to the order."""
