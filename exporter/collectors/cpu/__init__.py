"""CPU time, and what is known of CPUs."""

from exporter.collectors.cpu.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
