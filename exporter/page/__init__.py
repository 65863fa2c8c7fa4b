"""A scrape: all collectors in turn, and the page of their samples."""
