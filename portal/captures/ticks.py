"""What an old collector sends tick by tick, as lines of a flat capture. Pure.

A record is ``{"timestamp", "subsystem", "measurement"}``: Unix seconds, and the text of a file. It
comes alone, or several as ``{"identifier", "measurements": [...]}`` or ``{"metrics": [...]}``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perfanalysis.errors import InputError
from portal.captures.looking import moment_of

MOST_RECORDS = 10_000
_LISTS = ("measurements", "metrics")


@dataclass(frozen=True)
class SentTicks:
    """What was sent.

    Attributes:
        machine: whose it is, where the body says it; "": it does not.
        data: lines of a flat capture.
        began, ended: the first and last times in it.
        count: of records.
    """

    machine: str
    data: bytes
    began: datetime
    ended: datetime
    count: int


def read_ticks(data: bytes, where: str) -> SentTicks | None:
    """Read what was sent; None: it is no such object, and may be a whole capture.

    Raises:
        InputError: it is such an object, and a record in it is malformed.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    name = next((one for one in _LISTS if isinstance(found.get(one), list)), None)
    if name is None and not ("subsystem" in found and "measurement" in found):
        return None
    records = [found] if name is None else found[name]
    if not 1 <= len(records) <= MOST_RECORDS:
        raise InputError(where, name or "", f"1 to {MOST_RECORDS} records", len(records))
    lines, times = [], []
    for number, record in enumerate(records):
        place = f"{name}[{number}]" if name else ""
        line, time = _line(record, where, place)
        lines.append(line)
        times.append(time)
    machine = found.get("identifier", "")
    if not isinstance(machine, str):
        raise InputError(where, "identifier", "text", machine)
    return SentTicks(machine, b"".join(lines), min(times), max(times), len(lines))


def _line(record: Any, where: str, place: str) -> tuple[bytes, datetime]:
    if not isinstance(record, dict):
        raise InputError(where, place, "an object of timestamp, subsystem and measurement", record)
    inside = f"{place}." if place else ""
    time = moment_of(record.get("timestamp"))
    if time is None:
        found = record.get("timestamp")
        raise InputError(where, f"{inside}timestamp", "Unix seconds", found)
    for name in ("subsystem", "measurement"):
        if not isinstance(record.get(name), str):
            raise InputError(where, f"{inside}{name}", "text", record.get(name))
    kept = {name: record[name] for name in ("timestamp", "subsystem", "measurement")}
    return json.dumps(kept, separators=(",", ":")).encode() + b"\n", time
