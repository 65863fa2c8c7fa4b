"""Whether the files of an import go together: one source of a thing of a machine at a time.

Files of one machine may follow each other (a recorder that begins a new file each day), or hold
different things (the host, and its containers). What is told by two files for the same time is
neither joined nor chosen from: their counters would run against each other, and a portal CSV tells
in other words (all disks as one) what a capture tells by device.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from importing import results
from importing.files import CONTAINER_CSV, RESULT, InputFile, Moment, moments_in_order
from importing.intervals import ToldInterval
from importing.old.container_rows import subsystem_of
from importing.refusals import Refusals
from perfanalysis.errors import InputError
from perfanalysis.recordings.captures import Reading, Tick

# What a portal CSV was computed from.
_OF_PORTAL = ("/proc/stat", "/proc/meminfo", "/proc/diskstats", "/proc/net/dev")


class _Span(NamedTuple):
    """From when to when a file tells something, in Unix seconds."""

    first: float
    last: float
    path: Path


def look_through(files: Sequence[InputFile], refusals: Refusals, *, times: bool) -> None:
    """Read files for their times alone, before anything of them is published.

    Args:
        files: of the import.
        refusals: whether times ahead of now are allowed.
        times: whether all times are looked at; else only files are read that share their machine.

    Raises:
        InputError: a time is ahead of now, or two files tell the same of one machine and time.
    """
    # What is left out is said when the files are read for what they hold.
    quiet = Refusals(
        lambda _: None, strict=False, allow_future_times=refusals.allow_future_times or not times
    )
    shared = _shared(files)
    spans: dict[tuple[str, str], list[_Span]] = defaultdict(list)
    for file in files:
        if not (times or file.machine.name in shared):
            continue
        for thing, span in _spans(file, quiet).items():
            spans[file.machine.name, thing].append(span)
        file.reading = Reading()
    for (machine, thing), told in spans.items():
        _check(machine, thing, told)


def _shared(files: Sequence[InputFile]) -> set[str]:
    names = [file.machine.name for file in files]
    return {name for name in names if names.count(name) > 1}


def _spans(file: InputFile, quiet: Refusals) -> dict[str, _Span]:
    """What a file tells, and from when to when."""
    if file.kind == RESULT:
        found = results.read(file.path)
        quiet.check_time(found.time, str(file.path))
        return {f"a result of {found.kernel}": _Span(found.time, found.time, file.path)}
    spans: dict[str, _Span] = {}
    for moment in moments_in_order(file, quiet):
        for thing in _things(moment, file.kind):
            first = spans[thing].first if thing in spans else moment.time
            spans[thing] = _Span(min(first, moment.time), moment.time, file.path)
    return spans


def _things(moment: Moment, kind: str) -> Iterable[str]:
    if isinstance(moment, Tick):
        return moment.texts
    if isinstance(moment, ToldInterval):
        return moment.things()
    return (subsystem_of(moment),) if kind == CONTAINER_CSV else _OF_PORTAL


def _check(machine: str, thing: str, told: list[_Span]) -> None:
    told.sort()
    for before, after in pairwise(told):
        # A recorder's next file may begin with the last look of the one before.
        if after.first < before.last or after.first == before.first:
            said = f"one file at a time that tells {thing} of {machine}: {before.path} does, too"
            when = f"{_shown(after.first)} to {_shown(min(before.last, after.last))}"
            raise InputError(str(after.path), "", f"{said}, {when}; import one of both")


def _shown(time: float) -> str:
    return datetime.fromtimestamp(int(time), UTC).isoformat().replace("+00:00", "Z")
