"""``vmstat -t`` of procps: a row an interval, in whole percent, kB and operations a second.

The heading is printed anew now and then. The first row tells rates since boot, which are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.file import LocalClock, MonitorFile, moment_of, number
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series

NAME = "vmstat -t"
EXPECTED = "rows of `vmstat -t` under their heading"
# ``us`` holds nice, ``sy`` interrupts; ``gu`` (procps 4) is no part of ``us``.
_MODES = {
    "us": "user",
    "gu": "user",
    "sy": "system",
    "id": "idle",
    "wa": "iowait",
    "st": "steal",
}
_RATES: dict[str, tuple[tuple[Series, int], ...]] = {
    "bi": ((names.paging("pgpgin"), 1), (names.disk("read_bytes_total", names.ALL), names.KIB)),
    "bo": (
        (names.paging("pgpgout"), 1),
        (names.disk("written_bytes_total", names.ALL), names.KIB),
    ),
    "in": ((names.INTERRUPTS, 1),),
    "cs": ((names.CONTEXT_SWITCHES, 1),),
}
_VALUES: dict[str, tuple[Series, int]] = {
    "r": (names.RUNNING, 1),
    "b": (names.BLOCKED, 1),
    "free": (names.memory("MemFree"), names.KIB),
    "buff": (names.memory("Buffers"), names.KIB),
    "inact": (names.memory("Inactive"), names.KIB),
    "active": (names.memory("Active"), names.KIB),
}
_TITLE = "procs"


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it has no heading, no times or no row, or no time zone was given.
    """
    columns: list[str] = []
    clock = LocalClock(file.hints)
    before: float | None = None
    for line_number, line in file.lines():
        place = f"line {line_number}"
        cells = line.split()
        if cells[0].lstrip("-").startswith(_TITLE):
            continue
        if cells[:2] == ["r", "b"]:
            columns = _heading(cells, file.at(place))
            continue
        if not columns:
            raise InputError(file.at(place), "", EXPECTED, line[:60])
        try:
            row = _row(cells, columns, file.at(place))
            moment = moment_of(" ".join(cells[-2:]), file.at(place))
        except InputError as error:
            file.leave_out(error)
            continue
        time = clock.seconds(moment, file.at(place))
        if before is None:
            file.say(f"{file.at(place)}: its rates are since boot, and are dropped")
            yield ToldInterval(time, place, values=_values(row))
        else:
            yield ToldInterval(
                time, place, time - before, _rates(row, file.cpus), values=_values(row)
            )
        before = time
    if before is None:
        raise file.nothing(EXPECTED)


def _heading(cells: list[str], where: str) -> list[str]:
    # The last word is the time zone's, such as UTC or CEST; without -t it is the last column.
    if cells[-1] in _MODES:
        raise InputError(where, "", "times, which `vmstat -t` prints", "a heading without")
    return cells[:-1]


def _row(cells: list[str], columns: list[str], where: str) -> dict[str, float]:
    if len(cells) != len(columns) + 2:
        expected = f"{len(columns)} columns and a time"
        raise InputError(where, "", expected, f"{len(cells)} words")
    return {
        column: number(cell, where, column) for column, cell in zip(columns, cells, strict=False)
    }


def _rates(row: dict[str, float], cpus: int | None) -> dict[Series, float]:
    modes: dict[str, float] = {}
    for column, mode in _MODES.items():
        if column in row:
            modes[mode] = modes.get(mode, 0.0) + row[column] / 100
    rates = names.shares({names.ALL: modes}, cpus)
    for column, told in _RATES.items():
        rates |= {series: row[column] * unit for series, unit in told if column in row}
    return rates


def _values(row: dict[str, float]) -> dict[Series, float]:
    return {
        series: row[column] * unit for column, (series, unit) in _VALUES.items() if column in row
    }
