"""Endpoints of the system that this one continues, as its clients ask them."""
