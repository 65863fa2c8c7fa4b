"""File systems of type btrfs."""

from exporter.collectors.btrfs.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
