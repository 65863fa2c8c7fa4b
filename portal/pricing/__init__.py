"""Prices of the price book, as a tenant may see them: on a day, and over a time."""
