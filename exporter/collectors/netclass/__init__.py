"""State of network interfaces."""

from exporter.collectors.netclass.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
