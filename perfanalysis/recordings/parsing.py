"""From the text of frames to columns: OpenMetrics with times, as ``frame_text`` writes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

import numpy as np

from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import FamilyType, SeriesIdentity
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.recordings.families import FAMILIES, INFO, STEP, TICKS
from perfanalysis.recordings.frame_text import OF_THE_TARGET
from perfanalysis.recordings.recording import Floats

_TYPE = b"# TYPE "
# The line that each frame begins with, but for HELP.
_FRAME = OPENMETRICS.header(TICKS).splitlines(keepends=True)[1]
_OWN = frozenset(family.name for family in FAMILIES)
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)')
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n"}
_BACK = {exported: own for own, exported in OF_THE_TARGET.items()}
_TYPES: dict[str, FamilyType] = {name: name for name in get_args(FamilyType)}
# What samples may have behind the name of their family.
_SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created")
_EXPECTED = "a line of OpenMetrics: a series, a value and a time"

Wanted = Callable[[str], bool]


class MalformedLineError(MalformedError):
    """A line is not what was expected; the attributes say what it was and should be."""

    def __init__(self, line: bytes, expected: str = _EXPECTED) -> None:
        self.line = line[:200].decode("utf-8", "replace")
        self.expected = expected
        super().__init__(f"expected {expected}, found {self.line!r}")


@dataclass
class FrameColumns:
    """What a frame holds.

    Attributes:
        machine: its name; "": unknown.
        times: Unix seconds of the ticks, rising.
        ticks: the counter of ticks at each, which a continued recording begins anew; empty where
            the text has none.
        step: seconds between ticks, as they were wanted; None: nobody said.
        columns: values of each series at the ticks; NaN where it has none.
        types: of the families, by the names of their samples.
        lines: how many samples stand in the text.
    """

    machine: str = ""
    times: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    step: float | None = None
    columns: dict[SeriesIdentity, Floats] = field(default_factory=dict)
    types: dict[str, FamilyType] = field(default_factory=dict)
    lines: int = 0


class FrameParser:
    """Parses one frame after the other, and remembers the names of their series.

    Args:
        wanted: whether a metric of that name is kept; None: all are.
    """

    def __init__(self, wanted: Wanted | None = None) -> None:
        self._wanted = wanted
        self._known: dict[bytes, tuple[SeriesIdentity, str]] = {}

    def frames(self, text: bytes) -> Iterator[FrameColumns]:
        """The frames of a text, in their order.

        Raises:
            MalformedLineError: a line is no OpenMetrics, or has no time.
        """
        starts = [match.start() for match in re.finditer(re.escape(_FRAME), text)]
        for start, end in pairwise([0, *(starts[1:] if starts else ()), len(text)]):
            yield self._frame(text[start:end])

    def _frame(self, text: bytes) -> FrameColumns:
        found = FrameColumns()
        series: dict[bytes, tuple[list[bytes], list[bytes]]] = {}
        kind, stem = "unknown", ""
        for line in text.split(b"\n"):
            if not line:
                continue
            if line[0] == 35:  # "#"
                if line.startswith(_TYPE):
                    stem, _, kind = line[len(_TYPE) :].decode().partition(" ")
                continue
            parts = line.rsplit(b" ", 2)
            if len(parts) != 3:
                raise MalformedLineError(line)
            head, value, time = parts
            lists = series.get(head)
            if lists is None:
                identity, machine = self._identity(head)
                found.machine = found.machine or machine
                found.types[identity.name] = _type_of(identity.name, stem, kind)
                lists = series[head] = ([], [])
            lists[0].append(value)
            lists[1].append(time)
        self._fill(found, series)
        return found

    def _fill(
        self, found: FrameColumns, series: dict[bytes, tuple[list[bytes], list[bytes]]]
    ) -> None:
        found.lines = sum(len(values) for values, _ in series.values())
        clock = [times for head, (_, times) in series.items() if self._name(head) == TICKS.name]
        # Where nobody says which ticks there were, those are all times.
        standing = bool(clock)
        texts = clock or [times for _, times in series.values()]
        unique = {text: _number(text) for times in texts for text in times}
        found.times = sorted(set(unique.values()))
        numbers = {time: place for place, time in enumerate(found.times)}
        places = {text: numbers[time] for text, time in unique.items()}
        for head, (values, times) in series.items():
            identity = self._known[head][0]
            if self._wanted is not None and not (
                identity.name in _OWN or self._wanted(identity.name)
            ):
                found.types.pop(identity.name, None)
                continue
            try:
                at = [places[time] for time in times]
            except KeyError as error:
                raise MalformedLineError(head, "samples at ticks of the frame") from error
            column = np.full(len(found.times), np.nan)
            column[at] = [_number(value) for value in values]
            if standing and len(at) <= at[-1] - at[0]:
                _stand(column, at, values)
            found.columns[identity] = column
        _take_own(found)

    def _identity(self, head: bytes) -> tuple[SeriesIdentity, str]:
        """The series of a sample's beginning, without the target's labels; and its machine."""
        known = self._known.get(head)
        if known is None:
            known = self._known[head] = _parse_head(head)
        return known

    def _name(self, head: bytes) -> str:
        return self._known[head][0].name


def _stand(column: Floats, at: list[int], values: list[bytes]) -> None:
    """Put back what was not written since it stood."""
    for (before, after), (one, other) in zip(pairwise(at), pairwise(values), strict=True):
        if after - before > 1 and one == other:
            column[before + 1 : after] = column[before]


def _take_own(found: FrameColumns) -> None:
    """Take what the recording says of itself from among the series."""
    for identity in [one for one in found.columns if one.name in _OWN]:
        column = found.columns.pop(identity)
        if identity.name == TICKS.name:
            found.ticks = column.tolist()
        elif identity.name == STEP.name:
            found.step = float(column[-1])
        elif identity.name == INFO.name:
            found.machine = dict(identity.labels).get("machine", found.machine)
    for name in _OWN:
        found.types.pop(name, None)


def _parse_head(head: bytes) -> tuple[SeriesIdentity, str]:
    name, brace, rest = head.decode(errors="replace").partition("{")
    if brace and not rest.endswith("}"):
        raise MalformedLineError(head)
    inside = rest[:-1]
    labels: list[tuple[str, str]] = []
    machine, at = "", 0
    while at < len(inside):
        match = _LABEL.match(inside, at)
        if match is None:
            raise MalformedLineError(head)
        label, at = match[1], match.end()
        value = _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), match[2])
        if label == "instance":
            machine = value
        elif label != "job":
            labels.append((_BACK.get(label, label), value))
    return SeriesIdentity(name, tuple(labels)), machine


def _type_of(name: str, stem: str, kind: str) -> FamilyType:
    if name != stem and not (name.startswith(stem) and name[len(stem) :] in _SUFFIXES):
        return "untyped"
    return _TYPES.get(kind, "untyped")


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise MalformedLineError(text, "a number") from error
