"""Records that come with the add-on."""
