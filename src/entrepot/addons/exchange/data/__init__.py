"""What every tenant with the exchange begins with."""
