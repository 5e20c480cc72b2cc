"""JSON-2: one address a method, named arguments, API keys, real HTTP statuses."""
