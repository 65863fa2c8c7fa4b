"""A client of the portal's REST API: one group of its endpoints a file."""
