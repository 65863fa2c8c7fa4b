"""A metric that a person has defined, and its samples made from what its source gave. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exporter.collecting import CollectorError
from exporter.collectors.custom.selections import MOST_SERIES, Selection, number_of
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value

if TYPE_CHECKING:
    from exporter.collectors.custom.expressions import Pattern
    from perfanalysis.delivery.endpoint import Endpoint

Samples = list[tuple[Series, bytes]]
Labels = tuple[str, ...]


@dataclass(frozen=True)
class Metric:
    """What is known of a metric from its definition.

    ``family.labels`` are the names of ``fixed``, then those that a file's path gives, then those
    of the selection. ``scale`` multiplies what was found; 1 leaves its digits as they are.
    """

    family: Family
    fixed: Labels
    selection: Selection
    scale: float = 1.0

    def samples(self, data: bytes, from_path: Labels = ()) -> Samples:
        """The samples of one file, output or answer.

        Raises:
            CollectorError: a value is missing or no number.
        """
        found = self.selection.select(data)
        return [
            (Series(self.family, (*self.fixed, *from_path, *labels)), self._value(text))
            for labels, text in found
        ]

    def _value(self, text: str) -> bytes:
        value = number_of(text)
        if self.family.type == "counter" and value < 0:
            raise CollectorError(f"expected a counter of at least 0, found {text[:60]!r}")
        if self.scale == 1.0:
            return text.removeprefix("+").encode()
        return format_value(value * self.scale)


def check_samples(samples: Samples) -> None:
    """Refuse what no page may hold.

    Raises:
        CollectorError: the same labels come twice, or there are too many series.
    """
    if len(samples) > MOST_SERIES:
        raise CollectorError(f"more than {MOST_SERIES} series")
    seen: set[Labels] = set()
    for series, _ in samples:
        if series.labels in seen:
            pairs = dict(zip(series.family.labels, series.labels, strict=True))
            raise CollectorError(f"the same labels come twice: {pairs}")
        seen.add(series.labels)


@dataclass(frozen=True)
class Schedule:
    """When a source is asked, in seconds: every ``interval``, for ``timeout`` at most; its last
    good values are shown until they are ``max_age`` old."""

    interval: float
    timeout: float
    max_age: float


@dataclass(frozen=True)
class FileSource:
    """Files that are read at each scrape.

    ``path`` is absolute and may be a pattern; ``path_labels`` are the names of the labels that
    ``path_pattern`` takes from the file's path.
    """

    path: str
    path_pattern: Pattern | None
    path_labels: Labels
    metrics: tuple[Metric, ...]


@dataclass(frozen=True)
class CommandSource:
    """A command that runs on its own interval; ``environment`` is added to the little it sees."""

    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    schedule: Schedule
    metrics: tuple[Metric, ...]

    @property
    def shown(self) -> str:
        """The command's name, for messages; its arguments may hold secrets."""
        return self.arguments[0]


@dataclass(frozen=True)
class HttpSource:
    """An endpoint that is asked on its own interval; keys are read from their files each time."""

    # Its headers are a mapping, which has no hash; sources that differ in it alone are unequal.
    endpoint: Endpoint = field(hash=False)
    schedule: Schedule
    metrics: tuple[Metric, ...]

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold a token."""
        return self.endpoint.shown


PolledSource = CommandSource | HttpSource
Source = FileSource | PolledSource
