"""The add-on under all others: people, companies, users and rights, money, places, languages, files and the
registry's own records.
"""
