"""Remote write by way of the page, whose text prometheus-client parses: what ours is held to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from perfanalysis.delivery.remote_write import (
    STALE,
    Metadata,
    TimedSample,
    milliseconds,
    pack,
    request_of,
)

_ESCAPED = re.compile(r"\\([\\n])")


def split_page(page: bytes) -> tuple[list[bytes], list[float]]:
    """The series of a page in the text format, as they are written, and their values."""
    keys, values = [], []
    for line in page.split(b"\n"):
        if line and not line.startswith(b"#"):
            key, _, value = line.rpartition(b" ")
            keys.append(key)
            values.append(float(value))
    return keys, values


def metadata_of(page: bytes) -> list[Metadata]:
    """What the page says of its families, under the names that its samples have."""
    found: dict[str, Metadata] = {}
    for line in page.decode().split("\n"):
        mark, _, rest = line.partition(" ")
        word, _, rest = rest.partition(" ")
        name, _, text = rest.partition(" ")
        if mark == "#" and word in ("HELP", "TYPE"):
            known = found.get(name, Metadata(name, "", ""))
            if word == "TYPE":
                found[name] = known._replace(type=text)
            else:
                found[name] = known._replace(help=_ESCAPED.sub(_unescape, text))
    return list(found.values())


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def series_of(key: bytes) -> TimedSample:
    """The series of a key, without value and time."""
    (family,) = text_string_to_metric_families(f"{key.decode()} 0\n")
    sample = family.samples[0]
    return TimedSample(sample.name, sample.labels, 0.0, 0.0)


class PageEncoder:
    """Encodes one page after the other.

    A series that was in the last page that was taken, and is not in this one, gets a marker by
    which the receiver knows that it has ended, as a Prometheus that scrapes would write it.

    Args:
        labels: of every series that has not one of that name.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._known: dict[bytes, TimedSample] = {}
        self._keys: list[bytes] = []
        self._request: Any = None
        self._samples: list[Any] = []
        self._taken: list[bytes] = []

    def encode(self, page: bytes, when: float, *, metadata: bool) -> bytes:
        """The body of one request.

        Args:
            page: in the text format.
            when: of all its samples, seconds since 1970.
            metadata: whether the families are described as well.
        """
        keys, values = split_page(page)
        if self._request is None or keys != self._keys:
            self._prepare(keys)
        timestamp = milliseconds(when)
        for sample, value in zip(self._samples, values, strict=True):
            sample.value = value
            sample.timestamp = timestamp
        parts = [self._request]
        if keys != self._taken and (gone := set(self._taken).difference(keys)):
            parts.append(self._stale(sorted(gone), when))
        if metadata:
            parts.append(request_of((), metadata=metadata_of(page)))
        return pack(*parts)

    def taken(self) -> None:
        """The last page encoded is on its way: its series are those to be ended."""
        self._taken = self._keys

    def farewell(self, when: float) -> bytes | None:
        """The body that ends all series; None when there are none."""
        return pack(self._stale(self._taken, when)) if self._taken else None

    def _stale(self, keys: Iterable[bytes], when: float) -> Any:
        ended = [self._find(key)._replace(value=STALE, timestamp=when) for key in keys]
        return request_of(ended, self._labels)

    def _prepare(self, keys: Sequence[bytes]) -> None:
        wanted = {key: self._find(key) for key in keys}
        # Series that came and went must not stay for ever; those of the last push may have to end.
        self._known = {key: self._find(key) for key in self._taken} | wanted
        self._request = request_of(wanted.values(), self._labels)
        self._samples = [series.samples[0] for series in self._request.timeseries]
        self._keys = list(keys)

    def _find(self, key: bytes) -> TimedSample:
        return self._known.get(key) or series_of(key)
