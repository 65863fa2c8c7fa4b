"""What CPUs count of their own work (cycles, instructions, cache misses): perf_event_open(2).

``events.py`` has what can be counted; ``counting.py`` holds the kernel's counters open.
"""

from exporter.collectors.perf.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
