"""The training curves of the system that this one continues, as result documents. Pure.

One JSON object a line: ``{"siteid": 1, "host": 0, "busy": 10, "units": 28}``: work units per second
of the whole machine at that busy level in percent; each host of each site is one curve. Nothing
else was kept: no intervals, no slices, no facts of the machine.

The unit is that of the kernel ``rmw`` in kind, but all threads of the old program shared one array:
its curves have a kernel version of their own, and are never compared with others.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from perfanalysis import __version__, json_faults
from perfanalysis.errors import InputError
from perfanalysis.results.document import Document, Imported, Level
from perfanalysis.results.machine import from_facts

FORMAT = "training-curve"
KERNEL = "rmw"
KERNEL_VERSION = "training-curve-1"
PROFILE = "imported"


class Host(NamedTuple):
    """Whose curve it is, in the old system's numbers."""

    siteid: int
    host: int


# Units per second by busy level in percent.
Curve = dict[int, float]


def parse(data: bytes, where: str) -> dict[Host, Curve]:
    """Read a file of training curves; there is at least one.

    Args:
        data: of the file.
        where: its name, for messages.

    Raises:
        InputError: a line is no such object, or says a level twice; with the line's number.
    """
    curves: dict[Host, Curve] = {}
    for number, line in _lines(data):
        host, busy, units = _point(line, where, f"line {number}")
        curve = curves.setdefault(host, {})
        if busy in curve:
            expected = f"each level of siteid {host.siteid}, host {host.host} once"
            raise InputError(where, f"line {number}: busy", expected, busy)
        curve[busy] = units
    if not curves:
        raise InputError(where, "", "at least one line with siteid, host, busy and units")
    return curves


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield number, line


def _point(line: bytes, where: str, at: str) -> tuple[Host, int, float]:
    entry = json_faults.parse(line, where, "a JSON object", at)
    names = {"siteid", "host", "busy", "units"}
    if not isinstance(entry, dict) or set(entry) != names:
        found = ", ".join(sorted(entry)) if isinstance(entry, dict) else entry
        raise InputError(where, at, "an object of siteid, host, busy and units", found)
    for name, low, high in (("siteid", 0, math.inf), ("host", 0, math.inf), ("busy", 1, 100)):
        value = entry[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            limit = "of at least 0" if high == math.inf else f"from {low} to {high}"
            raise InputError(where, f"{at}: {name}", f"a whole number {limit}", value)
    units = entry["units"]
    known = isinstance(units, int | float) and not isinstance(units, bool)
    if not known or not 0 < units < math.inf:
        raise InputError(where, f"{at}: units", "units per second above 0", units)
    return Host(entry["siteid"], entry["host"]), entry["busy"], float(units)


def as_document(
    host: Host, curve: Curve, *, file: str, when: float, machine: dict[str, Any]
) -> Document:
    """The result document of one curve; the same curve and time give the same id.

    Args:
        host: whose it is.
        curve: at least one level.
        file: name of the file that it came from.
        when: the end of the run, seconds since 1970.
        machine: facts as in the schema; what is unknown is absent.

    Raises:
        InputError: a fact is not what the schema expects.
    """
    levels = [{"busy": busy, "units_per_second": curve[busy]} for busy in sorted(curve)]
    content = json.dumps([host, levels, when, machine], sort_keys=True).encode()
    moment = datetime.datetime.fromtimestamp(when, datetime.UTC)
    mark = hashlib.sha256(content).hexdigest()[:8]
    return Document(
        test_id=f"{moment:%Y%m%dT%H%M%SZ}-{KERNEL}-imported-{mark}",
        kernel=KERNEL,
        kernel_version=KERNEL_VERSION,
        profile=PROFILE,
        timestamp_seconds=when,
        levels=tuple(Level(busy=busy, units_per_second=curve[busy]) for busy in sorted(curve)),
        machine=from_facts(machine, file),
        imported=Imported(
            format=FORMAT,
            file=file,
            siteid=host.siteid,
            host=host.host,
            perfanalysis=__version__,
        ),
        max_units_per_second=curve.get(100),
    )
