"""What is shown of systemd (org.freedesktop.systemd1(5)), and its flags."""

from __future__ import annotations

from typing import NamedTuple

from exporter.collecting import Flag
from perfanalysis.exposition.families import Family, FamilyType

_SOURCE = "D-Bus, org.freedesktop.systemd1"


def _family(
    name: str, text: str, labels: tuple[str, ...] = (), type_: FamilyType = "gauge"
) -> Family:
    unit = "seconds" if name.endswith("_seconds") else ""
    return Family(f"node_systemd_{name}", type_, text, labels, unit, _SOURCE)


UNIT_STATE = _family("unit_state", "Systemd unit", ("name", "state", "type"))
UNITS = _family("units", "Summary of systemd unit states", ("state",))
START_TIME = _family(
    "unit_start_time_seconds", "Start time of the unit since unix epoch in seconds.", ("name",)
)
RUNNING = _family(
    "system_running", "Whether the system is operational (see 'systemctl is-system-running')"
)
VERSION = _family("version", "Detected systemd version", ("version",))
VIRTUALIZATION = _family(
    "virtualization_info", "Detected virtualization technology", ("virtualization_type",)
)
STATES = ("active", "activating", "deactivating", "inactive", "failed")

INCLUDE = Flag(
    "collector.systemd.unit-include",
    ".+",
    "Regular expression of the whole name of units to show; those to leave out go before it.",
)
EXCLUDE = Flag(
    "collector.systemd.unit-exclude",
    r".+\.(automount|device|mount|scope|slice)",
    "Regular expression of the whole name of units not to show.",
)
PRIVATE = Flag(
    "collector.systemd.private",
    False,
    "Ask systemd by its own socket, /run/systemd/private, and no bus; needs root.",
)
TASKS = Flag(
    "collector.systemd.enable-task-metrics", False, "Show the tasks of services, and their limits."
)
RESTARTS = Flag(
    "collector.systemd.enable-restarts-metrics", False, "Show how often services were restarted."
)
START_TIMES = Flag(
    "collector.systemd.enable-start-time-metrics", False, "Show since when units have been active."
)
FLAGS = (INCLUDE, EXCLUDE, PRIVATE, TASKS, RESTARTS, START_TIMES)


class UnitProperty(NamedTuple):
    """A number that systemd has of units of a kind.

    ``interface`` is the kind with a capital, as in D-Bus; ``suffix`` stands behind the value;
    ``flag`` has to be set for it, if there is one.
    """

    interface: str
    name: str
    family: Family
    suffix: bytes = b""
    flag: Flag | None = None

    @property
    def ending(self) -> str:
        """Of the units' names."""
        return f".{self.interface.lower()}"


def _number(
    interface: str, name: str, family: Family, suffix: bytes = b"", flag: Flag | None = None
) -> UnitProperty:
    return UnitProperty(interface, name, family, suffix, flag)


PROPERTIES = (
    _number(
        "Service",
        "NRestarts",
        _family(
            "service_restart_total", "Service unit count of Restart triggers", ("name",), "counter"
        ),
        flag=RESTARTS,
    ),
    _number(
        "Service",
        "TasksCurrent",
        _family("unit_tasks_current", "Current number of tasks per Systemd unit", ("name",)),
        flag=TASKS,
    ),
    _number(
        "Service",
        "TasksMax",
        _family("unit_tasks_max", "Maximum number of tasks per Systemd unit", ("name",)),
        flag=TASKS,
    ),
    _number(
        "Timer",
        "LastTriggerUSec",
        _family("timer_last_trigger_seconds", "Seconds since epoch of last trigger.", ("name",)),
        b"e-6",
    ),
    _number(
        "Socket",
        "NAccepted",
        _family(
            "socket_accepted_connections_total",
            "Total number of accepted socket connections",
            ("name",),
            "counter",
        ),
    ),
    _number(
        "Socket",
        "NConnections",
        _family("socket_current_connections", "Current number of socket connections", ("name",)),
    ),
    # node_exporter's type of this counter is gauge.
    _number(
        "Socket",
        "NRefused",
        _family(
            "socket_refused_connections_total",
            "Total number of refused socket connections",
            ("name",),
        ),
    ),
)
FAMILIES = (
    *(UNIT_STATE, UNITS, START_TIME, RUNNING, VERSION, VIRTUALIZATION),
    *(one.family for one in PROPERTIES),
)
