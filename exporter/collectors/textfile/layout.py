"""The families of text files as a part of the page; they change when a file does, not before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exporter.collectors.textfile.families import TextFamily
from exporter.collectors.textfile.quantiles import in_openmetrics
from exporter.collectors.textfile.strictness import family_of, strict_families
from perfanalysis.exposition.families import Family, SeriesIdentity
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import (
    Exposition,
    Layout,
    escape_label_value,
    printable,
)


class TextLayout(Layout):
    """Families whose series have labels of their own and whose values stay.

    It has no ``series`` for others to look at: they are no numbers of this machine's kernel.

    Args:
        families: each once.
        taken: names that OpenMetrics leaves to others of the page.
    """

    __slots__ = ("_families", "_rendered", "_taken")

    def __init__(self, families: Sequence[TextFamily], taken: frozenset[str] = frozenset()) -> None:
        super().__init__(())
        self._families = tuple(families)
        self._taken = taken
        self._rendered: dict[str, bytes] = {}

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        """All lines of all families."""
        del values
        rendered = self._rendered.get(exposition.name)
        if rendered is None:
            strict = exposition.name == OPENMETRICS.name
            lines = self._strict_lines(exposition) if strict else self._lines(exposition)
            rendered = self._rendered[exposition.name] = b"".join(lines)
        return rendered

    def _lines(self, exposition: Exposition) -> Iterable[bytes]:
        for family in self._families:
            yield exposition.header(family_of(family))
            for suffix, labels, value in family.series:
                yield _line(family.name + suffix, labels, value)

    def _strict_lines(self, exposition: Exposition) -> Iterable[bytes]:
        for family, lines in strict_families(self._families, self._taken):
            yield exposition.header(family)
            own = {"histogram": "le", "summary": "quantile"}.get(family.type, "")
            for name, labels, value in lines:
                # An empty label is none, and would part what stands together.
                kept = [(key, text) for key, text in labels if text]
                pairs = [(key, in_openmetrics(text) if key == own else text) for key, text in kept]
                yield _line(name, pairs, value)

    def families(self) -> list[Family]:
        """See ``Layout.families``."""
        return list(map(family_of, self._families))

    def identities(self) -> list[SeriesIdentity]:
        """See ``Layout.identities``."""
        return [
            SeriesIdentity(
                family.name + series.suffix,
                tuple((label, printable(value)) for label, value in series.labels),
            )
            for family in self._families
            for series in family.series
        ]

    def numbers(self, values: Sequence[bytes]) -> list[float]:
        """See ``Layout.numbers``; the values are those of the files."""
        del values
        return [float(series.value) for family in self._families for series in family.series]


def _line(name: str, labels: Iterable[tuple[str, str]], value: bytes) -> bytes:
    pairs = ",".join(f'{key}="{escape_label_value(text)}"' for key, text in labels)
    series = f"{name}{{{pairs}}}" if pairs else name
    return series.encode(errors="replace") + b" " + value + b"\n"
