"""Work that nobody waits for: when it is due, and who runs it."""
