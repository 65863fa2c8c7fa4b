"""Who this machine is and what an hour of it costs."""

from exporter.collectors.machine.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
