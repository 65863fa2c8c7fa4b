"""systemd's units, by D-Bus; off by default. Needs the extra ``systemd``.

``manager.py`` asks, ``families.py`` says what is shown, ``collector.py`` makes the series.
"""

from exporter.collectors.systemd.collector import SPECIFICATION

__all__ = ["SPECIFICATION"]
