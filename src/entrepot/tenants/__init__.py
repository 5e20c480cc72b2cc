"""Which tenants there are, what each is made of, and how they come, move and go."""
