"""PCI devices, from /sys/bus/pci/devices; off by default.

``names.py`` finds what people call them in a file pci.ids.
"""

from exporter.collectors.pcidevice.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
