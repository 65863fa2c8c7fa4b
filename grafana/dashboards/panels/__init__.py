"""Panels by subject; dashboards are put together from these."""
