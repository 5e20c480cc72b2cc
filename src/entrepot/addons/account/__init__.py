"""Accounts, journals, taxes, invoices, payments and the ledger they make."""
