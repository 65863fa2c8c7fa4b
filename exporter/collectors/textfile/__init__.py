"""Metrics that other programs leave in files: parsed once, checked, and put into the page."""

from exporter.collectors.textfile.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
