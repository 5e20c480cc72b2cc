"""Records that a calendar begins with."""
