"""The business side of an eye clinic: insurance, orders, lab jobs, claims and payers' payments."""
