"""Pages of metrics as families, and how two of them differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from exporter.collectors.textfile.parsing import parse

# Labels without the empty ones, which Prometheus does not tell from absent ones.
Series = tuple[str, frozenset[tuple[str, str]]]


class PageFamily(NamedTuple):
    """A family's type, HELP text and values."""

    type: str
    help: str
    values: dict[Series, float]


Page = dict[str, PageFamily]


class Difference(NamedTuple):
    """What a family has on one page only: ``only ours``, ``only theirs``, type, help, value.

    ``detail`` says which series, and for a value both.
    """

    family: str
    kind: str
    detail: str


def read(page: bytes, source: str) -> Page:
    """The families of a page.

    Raises:
        CollectorError: it is no valid page.
    """
    return {
        family.name: PageFamily(
            family.type,
            family.help,
            {
                (suffix, frozenset(pair for pair in labels if pair[1])): float(value)
                for suffix, labels, value in family.series
            },
        )
        for family in parse(page, source)
    }


def differences(ours: Page, theirs: Page) -> Iterator[Difference]:
    """Where the pages differ; a family that one side lacks gives one difference for each series."""
    for name in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(name), theirs.get(name)
        if mine is not None and other is not None:
            if mine.type != other.type:
                yield Difference(name, "type", f"{mine.type}, {other.type}")
            if words(mine.help) != words(other.help):
                yield Difference(name, "help", f"{mine.help!r}, {other.help!r}")
        yield from _series(name, mine.values if mine else {}, other.values if other else {})


def words(text: str) -> str:
    """A HELP text without what does not change its meaning."""
    return text.rstrip(". ").replace("-", "_").lower()


def _series(
    name: str, mine: dict[Series, float], other: dict[Series, float]
) -> Iterator[Difference]:
    for series in mine.keys() | other.keys():
        labels = ",".join(f"{key}={value}" for key, value in sorted(series[1]))
        shown = f"{series[0]}{{{labels}}}"
        if series not in other:
            yield Difference(name, "only ours", shown)
        elif series not in mine:
            yield Difference(name, "only theirs", shown)
        elif not same(mine[series], other[series]):
            yield Difference(name, "value", f"{shown} {mine[series]!r}, {other[series]!r}")


def same(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))
