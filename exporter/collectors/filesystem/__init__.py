"""Space of mounted file systems."""

from exporter.collectors.filesystem.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
