"""The places and rights that the stock begins with."""
