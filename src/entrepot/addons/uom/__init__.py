"""Units of measure and the conversion between those of one category."""
