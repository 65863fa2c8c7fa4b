"""Disk I/O, and what disks are."""

from exporter.collectors.diskstats.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
