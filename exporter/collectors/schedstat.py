"""The scheduler's work by CPU, from /proc/schedstat (kernel document scheduler/sched-stats.rst)."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/schedstat"
RUNNING = Family(
    "node_schedstat_running_seconds_total",
    "counter",
    "Number of seconds CPU spent running a process.",
    ("cpu",),
    "seconds",
    _SOURCE,
)
WAITING = Family(
    "node_schedstat_waiting_seconds_total",
    "counter",
    "Number of seconds spent by processing waiting for this CPU.",
    ("cpu",),
    "seconds",
    _SOURCE,
)
TIMESLICES = Family(
    "node_schedstat_timeslices_total",
    "counter",
    "Number of timeslices executed by CPU.",
    ("cpu",),
    source=_SOURCE,
)
NANOSECONDS = b"e-9"
COLUMNS = ((RUNNING, NANOSECONDS), (WAITING, NANOSECONDS), (TIMESLICES, b""))
_FIRST_COLUMN = 6


def parse(data: bytes) -> tuple[tuple[bytes, ...], list[list[bytes]]]:
    """CPU numbers, and for each the last three of its nine columns: ns run, ns waited, slices.

    Raises:
        CollectorError: a CPU's line is not understood, or there is none.
    """
    cpus = []
    rows = []
    for line in data.split(b"\n"):
        if line[:3] == b"cpu":
            name, *columns = line.split()
            row = columns[_FIRST_COLUMN : _FIRST_COLUMN + len(COLUMNS)]
            if not name[3:].isdigit() or len(row) != len(COLUMNS):
                raise CollectorError(
                    f"{_SOURCE}: expected a CPU's nine columns, found {shown(line)}"
                )
            check_counters(row, _SOURCE)
            cpus.append(name[3:])
            rows.append(row)
    if not cpus:
        raise CollectorError(f"{_SOURCE}: expected lines of CPUs, found none")
    return tuple(cpus), rows


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand.

    Raises:
        CollectorError: see ``parse``.
    """
    parse(texts[0])
    rows = []
    word = 0
    for line in texts[0].split(b"\n"):
        words = line.split()
        if line[:3] == b"cpu":
            rows.append((words[0][3:].decode(), word + 1 + _FIRST_COLUMN))
        word += len(words)
    return [
        NumberPlace(Series(family, (cpu,), suffix), first + column)
        for column, (family, suffix) in enumerate(COLUMNS)
        for cpu, first in rows
    ]


class SchedstatCollector:
    """``node_schedstat_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("schedstat")
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            return [self._series.block(self._file.read())]
        except FileNotFoundError as error:
            raise NothingToRead from error

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification(
    "schedstat", (RUNNING, WAITING, TIMESLICES), SchedstatCollector
)
