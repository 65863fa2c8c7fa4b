"""From ticks to the text of a frame: OpenMetrics with times, series after series. Pure.

A value that stands is not written at every tick: of neighbouring ticks with the same text only the
first and the last are, and one of each ``STANDING_SECONDS``. So between two lines of a series that
follow each other with the same text, and only there, it stood at all ticks between; a reader puts
it back. A series that is gone for a tick and then comes back with the text that it left with
does not fit that, and begins a new frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.openmetrics import OPENMETRICS, stem_of
from perfanalysis.exposition.rendering import escape_label_value, printable

STANDING_SECONDS = 60.0
JOB = "node"
# Labels of a target, as Prometheus calls what a page has under their names.
OF_THE_TARGET = {"instance": "exported_instance", "job": "exported_job"}
_OF_HISTOGRAMS = ("_bucket", "_sum", "_count")


def seconds_text(time: float) -> bytes:
    """A time as OpenMetrics has it: seconds, to the millisecond that Prometheus keeps."""
    whole, milliseconds = divmod(round(time * 1000), 1000)
    return b"%d.%03d" % (whole, milliseconds) if milliseconds else b"%d" % whole


def family_of(series: Series) -> str:
    """The name of its family in OpenMetrics."""
    family = series.family
    if family.type in ("histogram", "summary"):
        for suffix in _OF_HISTOGRAMS:
            if family.name.endswith(suffix):
                return family.name.removesuffix(suffix)
    return stem_of(family)


class _Column:
    """A series of the frame: what was seen last, and what is written of it."""

    __slots__ = ("lines", "name", "stem", "text", "tick", "written")

    def __init__(self, name: bytes, stem: str) -> None:
        self.name = name
        self.stem = stem
        self.text = b""
        self.tick = self.written = -1
        self.lines = bytearray()


class _Seen(NamedTuple):
    """The columns of a list of series, and what each puts behind its values."""

    series: Sequence[Series]
    columns: list[_Column | None]
    suffixes: list[bytes]


class FrameText:
    """The samples of one frame.

    Args:
        machine: label ``instance`` of all series; "" is no label.
        described: families whose HELP stands in the file already; new ones are added.
    """

    def __init__(self, machine: str, described: set[str]) -> None:
        self.times: list[float] = []
        self.size = 0
        self._instance = machine
        self._described = described
        self._columns: dict[tuple[str, tuple[str, ...]], _Column] = {}
        self._families: dict[str, Family] = {}
        self._seen: _Seen | None = None
        self._texts: list[bytes] = []

    def fits(self, time: float, series: Sequence[Series], values: Sequence[bytes]) -> bool:
        """Whether a tick can stand in this frame, behind those that do."""
        if not self.times:
            return True
        if time < self.times[-1] or seconds_text(time) == self._texts[-1]:
            return False
        if self._seen is not None and self._seen.series is series:
            return True
        seen = self._look_up(series)
        before = len(self.times) - 1
        return not any(
            column is not None and 0 <= column.tick < before and column.text == value + suffix
            for column, suffix, value in zip(seen.columns, seen.suffixes, values, strict=True)
        )

    def add(self, time: float, series: Sequence[Series], values: Sequence[bytes]) -> None:
        """Take a tick.

        Raises:
            ValueError: there is not one value for each series.
        """
        seen = self._seen
        if seen is None or seen.series is not series:
            seen = self._seen = self._look_up(series)
        if len(values) != len(series):
            raise ValueError(f"{len(values)} values of {len(series)} series")
        now = len(self.times)
        before = now - 1
        self.times.append(time)
        self._texts.append(seconds_text(time))
        for column, suffix, value in zip(seen.columns, seen.suffixes, values, strict=True):
            if column is None:
                continue
            text = value + suffix
            if (
                column.tick == before >= 0
                and column.text == text
                and time - self.times[column.written] < STANDING_SECONDS
            ):
                column.tick = now
                continue
            if column.tick > column.written:
                self._write(column)
            column.text = text
            column.tick = now
            self._write(column)

    def text(self) -> bytes:
        """All lines, those of a family together, and in it those of a series."""
        families: dict[str, list[_Column]] = {}
        for column in self._columns.values():
            if column.tick > column.written:
                self._write(column)
            families.setdefault(column.stem, []).append(column)
        parts: list[bytes | bytearray] = []
        for stem, columns in families.items():
            parts.append(self._header(stem))
            parts += (column.lines for column in columns)
        return b"".join(parts)

    def _write(self, column: _Column) -> None:
        line = b"%s %s %s\n" % (column.name, column.text, self._texts[column.tick])
        column.written = column.tick
        column.lines += line
        self.size += len(line)

    def _header(self, stem: str) -> bytes:
        family = self._families[stem]
        if family.type == "histogram":
            family = Family(stem, family.type, family.help)
        lines = OPENMETRICS.header(family)
        if stem in self._described:
            return lines[lines.index(b"\n") + 1 :]
        self._described.add(stem)
        return lines

    def _look_up(self, series: Sequence[Series]) -> _Seen:
        """The columns of these series; None stands for one that came before in the list."""
        columns: list[_Column | None] = []
        keys = [(one.family.name, one.labels) for one in series]
        last = {key: place for place, key in reversed(list(enumerate(keys)))}
        for place, (one, key) in enumerate(zip(series, keys, strict=True)):
            column = self._columns.get(key)
            if column is None:
                stem = family_of(one)
                self._families.setdefault(stem, one.family)
                column = self._columns[key] = _Column(self._name(one), stem)
            columns.append(column if last[key] == place else None)
        return _Seen(series, columns, [one.suffix for one in series])

    def _name(self, series: Series) -> bytes:
        names = (OF_THE_TARGET.get(label, label) for label in series.family.labels)
        pairs = [*zip(names, map(printable, series.labels), strict=True), ("job", JOB)]
        if self._instance:
            pairs.append(("instance", printable(self._instance)))
        return f"{series.family.name}{{{_written(pairs)}}}".encode(errors="replace")


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    # An empty label is an absent one to Prometheus, and stays one here for the reader's sake.
    return ",".join(f'{name}="{escape_label_value(value)}"' for name, value in pairs)
