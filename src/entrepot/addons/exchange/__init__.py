"""The exchange with e-commerce platforms of banks."""
