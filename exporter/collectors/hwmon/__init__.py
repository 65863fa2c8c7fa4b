"""Sensors of hardware monitors."""

from exporter.collectors.hwmon.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
