"""What systemd's manager tells (org.freedesktop.systemd1(5))."""

from __future__ import annotations

from typing import Any, NamedTuple

from exporter.sources.system_bus import SystemBus

NAME = "org.freedesktop.systemd1"
_PATH = "/org/freedesktop/systemd1"
_FIELDS = 10


class SystemdUnit(NamedTuple):
    """A unit that systemd has in memory; ``path`` is what it is asked by."""

    name: str
    load_state: str
    active_state: str
    path: str


class Manager(SystemBus):
    """A connection to systemd; see ``SystemBus``."""

    def __init__(self, private: str | None = None) -> None:
        super().__init__(NAME, private)

    def units(self) -> list[SystemdUnit]:
        """All units in memory.

        Raises:
            CollectorError: systemd answers something else.
            OSError: it refuses, or does not answer.
        """
        rows = self.rows(_PATH, "ListUnits", _FIELDS)
        return [SystemdUnit(row[0], row[2], row[3], row[6]) for row in rows]

    def own_property(self, name: str) -> Any:
        """The value of a property of the manager's; see ``property_of``."""
        return self.property_of(_PATH, "Manager", name)
