"""Records of a fresh point of sale."""
