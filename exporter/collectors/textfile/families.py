"""What a text file holds: families, and series that have labels of their own each."""

from __future__ import annotations

from typing import NamedTuple

INFINITY = "+Inf"
_SUFFIXES = {"histogram": ("", "_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
# The labels that tell the series of such a family apart.
_OWN_LABELS = ("le", "quantile")


class TextSeries(NamedTuple):
    """One line: what stands behind the family's name (``_bucket``), labels, the number's text."""

    suffix: str
    labels: tuple[tuple[str, str], ...]
    value: bytes


class TextFamily(NamedTuple):
    """A family of a file; ``help`` is empty where the file has none."""

    name: str
    type: str
    help: str
    series: tuple[TextSeries, ...]


Group = frozenset[tuple[str, str]]


def names_of(family: TextFamily) -> set[str]:
    """The metric names that a family takes."""
    return {family.name + suffix for suffix in _SUFFIXES.get(family.type, ("",))}


def group_of(family: TextFamily, series: TextSeries) -> Group:
    """What a series shares with the others of its histogram or summary: its labels but the bound.

    An empty label is none.
    """
    own = _OWN_LABELS if family.type in _SUFFIXES else ()
    return frozenset(pair for pair in series.labels if pair[1] and pair[0] not in own)


def groups_of(family: TextFamily) -> dict[Group, list[TextSeries]]:
    """The series by what they share, in the order of the file."""
    found: dict[Group, list[TextSeries]] = {}
    for series in family.series:
        found.setdefault(group_of(family, series), []).append(series)
    return found


def bound_of(series: TextSeries) -> float:
    """The number of ``le`` or ``quantile``; above all others where it has none."""
    bounds = [float(value) for label, value in series.labels if label in _OWN_LABELS]
    return bounds[0] if bounds else float("inf")
