"""Metrics that other programs leave in files: parsed once, checked, and put into the page."""
