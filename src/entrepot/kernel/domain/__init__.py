"""Domains: the prefix lists that clients send, as a tree, as SQL and as a predicate."""
