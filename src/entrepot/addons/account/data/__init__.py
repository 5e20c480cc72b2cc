"""What accounting knows from the start."""
