"""Reads and writes of own files, as a recording asks for them."""
