"""Products: templates and their variants, categories, attributes, price lists and vendors."""
