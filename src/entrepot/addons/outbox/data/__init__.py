"""What the clinic knows from the start."""
