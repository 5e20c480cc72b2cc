"""The model layer for one tenant: fields, records, domains, access and the methods of every model. Knows no wire."""
