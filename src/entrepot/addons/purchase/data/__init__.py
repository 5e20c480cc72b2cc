"""Numbers and rights that purchases begin with."""
