"""Import and export of any model: files of rows on one side, record sets on the other."""
