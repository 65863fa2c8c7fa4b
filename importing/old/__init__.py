"""Formats of the system that this one continues."""
