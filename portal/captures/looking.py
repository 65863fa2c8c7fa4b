"""What bytes of an upload are, and from when to when: by their first and last lines. Pure.

Nothing is made of them here: `perfanalysis import capture` reads them whole. So what is known of
no form is kept, too.
"""

from __future__ import annotations

import csv
import json
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from perfanalysis.errors import InputError

FLAT, NESTED, PORTAL_CSV, CONTAINER_CSV, OTHER = (
    "flat",
    "nested",
    "portal CSV",
    "container CSV",
    "other",
)
FORMS = (FLAT, NESTED, PORTAL_CSV, CONTAINER_CSV, OTHER)
MOST_UNPACKED = 256 << 20
_GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
# Of a first and a last line as much is looked at.
_LINE = 1 << 20
# Unix seconds of the year 5138: what is more is milliseconds, or no time at all.
TOO_LATE = 1e11


@dataclass(frozen=True)
class CaptureLook:
    """What was seen.

    Attributes:
        form: of ``FORMS``.
        began, ended: the first and last times, as its first and last lines have them.
        site, host: the old system's numbers, which nested captures have.
    """

    form: str
    began: datetime | None = None
    ended: datetime | None = None
    site: int | None = None
    host: int | None = None


def look(data: bytes, where: str) -> CaptureLook:
    """Look at an upload.

    Args:
        data: its bytes, plain or gzip.
        where: its name, for messages.

    Raises:
        InputError: it is empty, broken gzip, or more than is unpacked.
    """
    heading, first, last = _ends(_pieces(data, where))
    if not heading:
        raise InputError(where, "", "a capture with at least one line")
    found = _of_json(heading, last) if heading.startswith(b"{") else None
    return found or _of_csv(heading, first, last) or CaptureLook(OTHER)


def moment_of(seconds: object) -> datetime | None:
    """Of Unix seconds; None: they are none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not math.isfinite(seconds) or not 0 < seconds < TOO_LATE:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _pieces(data: bytes, where: str) -> Iterator[bytes]:
    if not data.startswith(_GZIP):
        yield data
        return
    inflater, left, total = zlib.decompressobj(zlib.MAX_WBITS | 16), data, 0
    try:
        while left and not inflater.eof:
            piece = inflater.decompress(left, _PIECE)
            left = inflater.unconsumed_tail
            total += len(piece)
            if total > MOST_UNPACKED:
                expected = f"at most {MOST_UNPACKED >> 20} MiB, unpacked"
                raise InputError(where, "", expected)
            yield piece
    except zlib.error as error:
        raise InputError(where, "", "what gzip makes") from error
    if not inflater.eof:
        raise InputError(where, "", "a whole file of gzip")


def _ends(pieces: Iterator[bytes]) -> tuple[bytes, bytes, bytes]:
    """The first line, the second and the last that hold anything."""
    head, tail = b"", b""
    for piece in pieces:
        if len(head) < _LINE:
            head += piece[: _LINE - len(head)]
        tail = (tail + piece)[-_LINE:]
    starts = [line for line in head.splitlines() if line.strip()]
    ends = [line for line in tail.splitlines() if line.strip()]
    heading = starts[0].lstrip(b"\xef\xbb\xbf").strip() if starts else b""
    return heading, starts[1] if len(starts) > 1 else b"", ends[-1] if ends else b""


def _of_json(first: bytes, last: bytes) -> CaptureLook | None:
    begin, end = _record(first), _record(last)
    if begin is None:
        return None
    form, began, record = begin
    ended = end[1] if end is not None else None
    times = sorted(time for time in (began, ended) if time is not None)
    if not times:
        return None
    site, host = (_number(record.get(name)) for name in ("Site", "Host"))
    return CaptureLook(form, times[0], times[-1], site, host)


def _record(line: bytes) -> tuple[str, datetime | None, dict[str, Any]] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    inner = found.get("Measurement")
    if isinstance(inner, dict):
        return NESTED, _of_text(inner.get("Timestamp")), found
    if isinstance(found.get("subsystem"), str):
        return FLAT, moment_of(found.get("timestamp")), found
    return None


def _of_text(text: object) -> datetime | None:
    """Of RFC 3339 with nanoseconds, of which Python reads microseconds."""
    try:
        moment = datetime.fromisoformat(str(text))
        return moment_of(moment.timestamp()) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _of_csv(heading: bytes, first: bytes, last: bytes) -> CaptureLook | None:
    columns = [cell.strip() for cell in _cells(heading)]
    if "timestamp" not in columns:
        return None
    form = CONTAINER_CSV if "container_id" in columns else PORTAL_CSV
    if form == PORTAL_CSV and "cpu_user" not in columns:
        return None
    place = columns.index("timestamp")
    times = []
    for line in (first, last):
        cells = _cells(line)
        try:
            times.append(moment_of(float(cells[place])))
        except (ValueError, IndexError):
            times.append(None)
    known = sorted(time for time in times if time is not None)
    return CaptureLook(form, known[0], known[-1]) if known else CaptureLook(form)


def _cells(line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8", "replace")], skipinitialspace=True), [])
    except csv.Error:
        return []


def _number(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < 2**63 else None  # type: ignore[operator,return-value]
