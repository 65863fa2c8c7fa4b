"""Wireless interfaces, by generic netlink (nl80211); off by default.

``parsing.py`` understands the kernel's messages.
"""

from exporter.collectors.wifi.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
