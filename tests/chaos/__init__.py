"""Faults of each part of a whole installation, and what is left of them afterwards."""
