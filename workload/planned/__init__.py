"""A plan as a table, JSON and CSV."""
