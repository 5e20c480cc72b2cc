"""Who may do what: one frozen policy a tenant, and the few places that ask it."""
