"""What can be done with records, a function an operation; `Model` is only their face."""
