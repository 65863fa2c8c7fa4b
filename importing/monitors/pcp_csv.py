"""``pmrep --output=csv``: archives of Performance Co-Pilot as a table of rates.

The heading has metrics and instances, and no units: those of rates are PCP's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from importing.intervals import ToldInterval
from importing.monitors.file import LocalClock, MonitorFile, cells_of, moment_of
from importing.monitors.pcp_interval import PcpIntervals
from importing.monitors.pcp_metrics import PcpMetric
from perfanalysis.errors import InputError

NAME = "pmrep CSV"
EXPECTED = "what `pmrep --output=csv` writes: Time and metrics"
TIME = "Time"
# What pmrep prints by itself, by the metrics' names (``pmrep --output=stdout`` shows the units).
_UNITS = (
    (re.compile(r"kernel\.(all|percpu)\.cpu\..*|disk\..*\.(aveq|avactive|.*rawactive)"), "ms/s"),
    (re.compile(r"kernel\.all\.pressure\..*\.total"), "us/s"),
    (re.compile(r"disk\..*_bytes"), "Kbyte/s"),
    (re.compile(r"network\.interface\..*\.bytes"), "byte/s"),
    (re.compile(r"mem\.(util\..*|physmem)"), "Kbyte"),
    (re.compile(r"kernel\.all\.(intr|pswitch|sysfork)|disk\..*|network\..*"), "count/s"),
    (re.compile(r"mem\.vmstat\.(?!nr_).*"), "count/s"),
)
_EPOCH = re.compile(r"[0-9]{9,11}(\.[0-9]+)?")
# A column's metric, and its reading.
_Column = tuple[str, PcpMetric]


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it has no such heading or no row, or was made with --raw; or its times are
            local, and no time zone was given.
    """
    columns: list[_Column] = []
    clock = LocalClock(file.hints)
    intervals = PcpIntervals(file)
    before: float | None = None
    for line_number, line in file.lines():
        where = file.at(place := f"line {line_number}")
        if line.startswith("#"):
            continue
        cells = cells_of(line)
        if not columns:
            columns = [(_name(heading), _metric(heading, where)) for heading in cells[1:]]
            continue
        try:
            if len(cells) != len(columns) + 1:
                raise InputError(where, "", f"{len(columns) + 1} columns", len(cells))
            moment = _moment(cells[0], where)
        except InputError as error:
            file.leave_out(error)
            continue
        time = clock.seconds(moment, where, TIME) if isinstance(moment, datetime) else moment
        interval = ToldInterval(time, place, 0.0 if before is None else time - before)
        try:
            _put(interval, columns, cells[1:], intervals)
        except InputError as error:
            file.leave_out(error)
            continue
        if before is None:
            interval.rates.clear()
        intervals.end(interval)
        before = time
        yield interval
    if before is None:
        raise file.nothing(f"rows of {EXPECTED}")


def _moment(text: str, where: str) -> datetime | float:
    """A row's time; Unix seconds, where it was printed so (``--timestamp-format=%s``)."""
    return float(text) if _EPOCH.fullmatch(text) else moment_of(text, where, TIME)


def _put(
    interval: ToldInterval, columns: list[_Column], cells: list[str], intervals: PcpIntervals
) -> None:
    for (name, metric), cell in zip(columns, cells, strict=True):
        if cell:
            intervals.put(name, metric, cell, interval)


def _name(heading: str) -> str:
    return heading.partition("-")[0]


def _metric(heading: str, where: str) -> PcpMetric:
    name, _, instance = heading.partition("-")
    unit = next((unit for pattern, unit in _UNITS if pattern.fullmatch(name)), "")
    return PcpMetric(name, instance, unit, where)
