"""InfiniBand and RoCE devices."""

from exporter.collectors.infiniband.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
