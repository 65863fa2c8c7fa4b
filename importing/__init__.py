"""Recordings that people bring along, put under our names: for Prometheus, and as results."""
