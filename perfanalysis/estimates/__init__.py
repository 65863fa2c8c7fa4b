"""Estimates, intervals, ratios and spreads: pure."""
