"""Sessions of people on the machine, from systemd-logind (org.freedesktop.login1(5)).

Needs the extra ``systemd``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries
from perfanalysis.extras import missing

if TYPE_CHECKING:
    from exporter.sources.system_bus import SystemBus

SERVICE = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_SEAT_FIELDS, _SESSION_FIELDS = 2, 5
SESSIONS = Family(
    "node_logind_sessions",
    "gauge",
    "Number of sessions registered in logind.",
    ("seat", "remote", "type", "class"),
    source=f"D-Bus, {SERVICE}",
)
# node_exporter's lists: what logind tells and is in none of them is another one.
REMOTE = ("true", "false")
OTHER = "other"
TYPES = (OTHER, "unspecified", "tty", "x11", "wayland", "mir", "web")
CLASSES = (OTHER, "user", "greeter", "lock-screen", "background")


class LoginSession(NamedTuple):
    """A session as its labels have it; the seat is empty when it is at none, as by SSH."""

    seat: str
    remote: str
    type: str
    class_: str


def samples(
    facts: tuple[tuple[str, ...], tuple[LoginSession, ...]],
) -> Iterable[tuple[Series, bytes]]:
    """A series for each seat, and for each kind of session that can be there.

    Args:
        facts: the seats, and the sessions.
    """
    seats, sessions = facts
    counts = Counter(sessions)
    for labels in product((*seats, ""), REMOTE, TYPES, CLASSES):
        yield Series(SESSIONS, labels), b"%d" % counts[LoginSession(*labels)]


def _known(value: object, known: tuple[str, ...]) -> str:
    return value if isinstance(value, str) and value in known else OTHER


class LogindCollector:
    """``node_logind_sessions``.

    Raises:
        PerfAnalysisError: the library that speaks D-Bus is not installed.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources, flags
        try:
            from exporter.sources.system_bus import SystemBus
        except ImportError as error:
            wanted_by = f"--collector.{SPECIFICATION.name}"
            raise PerfAnalysisError(missing(wanted_by, "jeepney", "systemd")) from error
        self._open = SystemBus
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        # logind ends when nobody asks it, and is started anew by the bus: nothing is kept open.
        bus = self._open(SERVICE)
        try:
            seats = tuple(str(row[0]) for row in bus.rows(_PATH, "ListSeats", _SEAT_FIELDS))
            rows = bus.rows(_PATH, "ListSessions", _SESSION_FIELDS)
            found = (self._session(bus, str(row[3]), str(row[4])) for row in rows)
            sessions = tuple(one for one in found if one is not None)
        finally:
            bus.close()
        return [self._series.block((seats, sessions))]

    @staticmethod
    def _session(bus: SystemBus, seat: str, path: str) -> LoginSession | None:
        """One session; None of one that has ended meanwhile."""
        told = [bus.property_of(path, "Session", name) for name in ("Remote", "Type", "Class")]
        if None in told:
            return None
        remote, type_, class_ = told
        return LoginSession(
            seat, "true" if remote else "false", _known(type_, TYPES), _known(class_, CLASSES)
        )


SPECIFICATION = CollectorSpecification("logind", (SESSIONS,), LogindCollector, enabled=False)
