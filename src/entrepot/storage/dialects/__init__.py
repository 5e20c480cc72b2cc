"""Where two databases spell one thing differently: pure text, no connection behind it."""
