"""Containers seen through their control groups: where they are, whose they are, what they use."""

from exporter.collectors.cgroup.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
