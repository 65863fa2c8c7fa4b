"""Captures of old collectors: looked at, kept as they came, listed, and given back."""
