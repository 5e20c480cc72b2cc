"""What happened, as typed events, and the sinks that write or count them. Knows no database and no wire."""
