"""Readers of price lists and bills, a file a format."""
