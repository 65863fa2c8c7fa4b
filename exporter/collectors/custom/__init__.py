"""Metrics that people define in a YAML file: from files, commands and JSON over HTTP.

Loaded only with ``--collector.custom.config``; see docs/custom-metrics.md.
"""

from exporter.collectors.custom.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
