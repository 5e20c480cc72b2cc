"""Records made from the lists that libraries carry: countries, currencies, languages; and the first company
and users.
"""
