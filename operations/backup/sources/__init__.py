"""Kinds of sources, each a file."""
