"""The families of text files as a part of the page; they change when a file does, not before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from exporter.collectors.textfile.parsing import TextFamily
from perfanalysis.exposition.families import Family, FamilyType, SeriesIdentity
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
    """

    __slots__ = ("_families", "_rendered")

    def __init__(self, families: Sequence[TextFamily]) -> None:
        super().__init__(())
        self._families = tuple(families)
        self._rendered: dict[str, bytes] = {}

    def render(self, values: Sequence[bytes], exposition: Exposition) -> bytes:
        """All lines of all families."""
        del values
        rendered = self._rendered.get(exposition.name)
        if rendered is None:
            rendered = b"".join(_lines(family, exposition) for family in self._families)
            self._rendered[exposition.name] = rendered
        return rendered

    def families(self) -> list[Family]:
        """See ``Layout.families``."""
        return list(map(_family, self._families))

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


def _family(text_family: TextFamily) -> Family:
    return Family(text_family.name, cast(FamilyType, text_family.type), text_family.help)


def _lines(text_family: TextFamily, exposition: Exposition) -> bytes:
    family = _family(text_family)
    name = exposition.sample_name(family)
    lines = [exposition.header(family)]
    for suffix, labels, value in text_family.series:
        pairs = ",".join(f'{key}="{escape_label_value(text)}"' for key, text in labels)
        series = f"{name}{suffix}{{{pairs}}}" if pairs else f"{name}{suffix}"
        lines.append(series.encode(errors="replace") + b" " + value + b"\n")
    return b"".join(lines)
