"""What network cards say of themselves: their driver's own counters, driver and link settings.

``requests.py`` asks the kernel; ``statistics.py`` names the counters; ``link_modes.py`` reads what
speeds a port can do.
"""

from exporter.collectors.ethtool.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
