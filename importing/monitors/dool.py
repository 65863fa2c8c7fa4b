"""CSV of dool, dstat and PCP's dstat (``--output``): groups, columns, and a row an interval.

They differ in their units, which no heading names. dool tells disks and networks in bits, unless it
was run with ``--bytes`` (seen with 1.3.8); PCP's dstat tells memory and disks in KiB (6.0.3);
dstat tells bytes. Their ``usr`` holds nice and interrupts (``hiq``, ``siq`` aside, where told).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from importing.intervals import ToldInterval
from importing.monitors.dool_columns import DstatUnits, aligned, columns_of, told
from importing.monitors.dool_times import DstatClock
from importing.monitors.file import MonitorFile, cells_of, number
from perfanalysis.errors import InputError

NAME = "dool/dstat CSV"
EXPECTED = "the CSV that dool, dstat or `pcp dstat` write with --output"
_PCP = "pcp-dstat"
_BITS, _BYTES = ("--bits",), ("--bytes", "--dstat")
_TIMES = ("epoch", "time")


_BYTES_ALL = DstatUnits(1, 1, 1)


@dataclass
class _Run:
    """One run of the program, of which a file may hold several.

    Attributes:
        date: when it began, as its heading says.
        groups, columns: of each cell of its rows.
        before: Unix time of the row before.
    """

    date: str = ""
    units: DstatUnits = _BYTES_ALL
    groups: list[str] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    before: float | None = None


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it has no such heading, no column of times or no row; or its times are local,
            and neither it nor the hints tell their year and time zone.
    """
    program, run = "", _Run()
    clock = DstatClock(file.hints)
    found = False
    for line_number, line in file.lines():
        place = f"line {line_number}"
        cells = cells_of(line)
        if line_number == 1 and cells[0].lower().endswith("csv output"):
            program = cells[0].lower().split()[0]
        elif cells[0] == "Host:":
            run = _Run()
        elif cells[0] == "Cmdline:":
            run.units = _units(program, cells[1], file.at(place))
            run.date = cells[cells.index("Date:") + 1] if "Date:" in cells[:-1] else ""
            clock.begin(run.date)
        elif cells[0] in {"Author:", "URL:"}:
            continue
        elif not run.columns:
            _heading(run, cells, clock, file.at(place))
        else:
            try:
                interval = _interval(run, cells, place, file, clock, program)
            except InputError as error:
                file.leave_out(error)
                continue
            found = True
            yield interval
    if not found:
        raise file.nothing(f"rows of {EXPECTED}")


def _units(program: str, command: str, where: str) -> DstatUnits:
    if program == _PCP:
        return DstatUnits(1024, 1024, 1)
    if program != "dool":
        return _BYTES_ALL
    try:
        flags = shlex.split(command)
    except ValueError as error:
        raise InputError(where, "Cmdline", f"a command line ({error})", command) from error
    told = [flag for flag in flags if flag in (*_BITS, *_BYTES)]
    moved = 1 if told and told[-1] in _BYTES else 1 / 8
    return DstatUnits(1, moved, moved)


def _heading(run: _Run, cells: list[str], clock: DstatClock, where: str) -> None:
    if not run.groups:
        run.groups = cells
        return
    run.columns = columns_of(run.groups, cells)
    if ("epoch", "epoch") in run.columns:
        return
    if any(name in _TIMES for _, name in run.columns):
        clock.check(where)
    else:
        raise InputError(where, "", "a column of times (dool --epoch, or -t)", ",".join(cells)[:60])


def _interval(  # noqa: PLR0913, PLR0917 - a row, and all that is known of it
    run: _Run,
    cells: list[str],
    place: str,
    file: MonitorFile,
    clock: DstatClock,
    program: str,
) -> ToldInterval:
    where = file.at(place)
    if program == _PCP and run.before is None and cells[0]:
        # It tells no rates yet, and leaves out an unknown number of cells for them.
        cells = [cells[0], *[""] * (len(run.columns) - 1)]
    fitting = aligned([group for group, _ in run.columns], cells)
    if fitting is None:
        raise InputError(where, "", f"{len(run.columns)} columns", len(cells))
    cells = fitting
    time = _time(run, cells, clock, where)
    row = {
        column: number(cell, where, "/".join(column).strip("/"))
        for column, cell in zip(run.columns, cells, strict=True)
        if cell and column[1] not in _TIMES
    }
    rates, values = told(row, run.units, file.cpus)
    before, run.before = run.before, time
    if before is None:
        if program != _PCP:
            file.say(f"{where}: its rates are since boot, and are dropped")
        return ToldInterval(time, place, values=values)
    return ToldInterval(time, place, time - before, rates, values=values)


def _time(run: _Run, cells: list[str], clock: DstatClock, where: str) -> float:
    names = [name for _, name in run.columns]
    if "epoch" in names:
        return number(cells[names.index("epoch")], where, "epoch")
    return clock.seconds(cells[names.index("time")], where)
