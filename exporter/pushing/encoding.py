"""From what the collectors handed over to the body of a remote write request; reads nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from perfanalysis.delivery.remote_write import (
    STALE,
    Metadata,
    TimedSample,
    milliseconds,
    pack,
    request_of,
)
from perfanalysis.exposition.families import SeriesIdentity
from perfanalysis.exposition.rendering import Block, Layout


def metadata_of(layouts: Iterable[Layout]) -> list[Metadata]:
    """What is known of the families, under the names that their samples have."""
    families = {family.name: family for layout in layouts for family in layout.families()}
    return [Metadata(family.name, family.type, family.help) for family in families.values()]


def sound(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that can be encoded."""
    found = []
    for block in blocks:
        with contextlib.suppress(Exception):
            block.layout.numbers(block.values)
            found.append(block)
    return found


class Encoder:
    """Encodes what one scrape after the other gave.

    A series that was in the last push that was taken, and is not in this one, gets a marker by
    which the receiver knows that it has ended, as a Prometheus that scrapes would write it.

    Args:
        labels: of every series that has not one of that name.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._layouts: list[Layout] = []
        self._identities: list[SeriesIdentity] = []
        self._request: Any = None
        self._samples: list[Any] = []
        self._taken: list[SeriesIdentity] = []

    def encode(self, blocks: Sequence[Block], when: float, *, metadata: bool) -> bytes:
        """The body of one request.

        Args:
            blocks: no series is in two of them.
            when: of all samples, seconds since 1970.
            metadata: whether the families are described as well.

        Raises:
            ValueError: a block has not one number for each of its series, or one comes twice.
        """
        values = [number for block in blocks for number in block.layout.numbers(block.values)]
        layouts = [block.layout for block in blocks]
        if layouts != self._layouts:
            self._prepare(layouts)
        timestamp = milliseconds(when)
        for sample, value in zip(self._samples, values, strict=True):
            sample.value = value
            sample.timestamp = timestamp
        parts = [self._request]
        if self._identities is not self._taken:
            gone = set(self._taken).difference(self._identities)
            if gone:
                parts.append(self._stale(sorted(gone), when))
        if metadata:
            parts.append(request_of((), metadata=metadata_of(layouts)))
        return pack(*parts)

    def taken(self) -> None:
        """What was encoded last is on its way: its series are those to be ended."""
        self._taken = self._identities

    def farewell(self, when: float) -> bytes | None:
        """The body that ends all series; None when there are none."""
        return pack(self._stale(self._taken, when)) if self._taken else None

    def _stale(self, identities: Iterable[SeriesIdentity], when: float) -> Any:
        return request_of(_series(identities, STALE, when), self._labels)

    def _prepare(self, layouts: list[Layout]) -> None:
        """Make the request of these layouts, whose samples only need values and a time."""
        identities = [identity for layout in layouts for identity in layout.identities()]
        if identities != self._identities or self._request is None:
            if len(set(identities)) < len(identities):
                raise ValueError("a series comes twice")
            self._request = request_of(_series(identities, 0.0, 0.0), self._labels)
            self._samples = [series.samples[0] for series in self._request.timeseries]
            self._identities = identities
        self._layouts = layouts


def _series(identities: Iterable[SeriesIdentity], value: float, when: float) -> list[TimedSample]:
    return [TimedSample(name, dict(labels), value, when) for name, labels in identities]
