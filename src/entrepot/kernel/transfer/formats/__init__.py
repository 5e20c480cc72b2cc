"""Rows in files, apart from records: each format reads and writes the same `Sheet`."""
