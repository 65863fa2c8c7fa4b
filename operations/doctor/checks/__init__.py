"""The checks, each a file."""
