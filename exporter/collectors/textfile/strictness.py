"""Families of files as OpenMetrics can have them, without a line that costs the whole page. Pure.

The text format takes what OpenMetrics forbids: a counter below zero, ``x_created`` beside
``x_total``, a histogram without a sum. A strict reader refuses the whole page then, as the
specification has it (https://prometheus.io/docs/specs/om/open_metrics_spec/). Here such a family
loses its type, never a sample or a name: each of its names is a family ``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from exporter.collectors.textfile.families import (
    Group,
    TextFamily,
    TextSeries,
    bound_of,
    group_of,
    groups_of,
    names_of,
)
from perfanalysis.exposition.families import Family, FamilyType
from perfanalysis.exposition.openmetrics import CREATED, claimed_names, stem_of

_TYPED = ("counter", "histogram", "summary")


class TextLine(NamedTuple):
    """A sample: its whole name, its labels, and its value as a text."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: bytes


class StrictFamily(NamedTuple):
    """A family with its samples, those with the same labels together."""

    family: Family
    lines: tuple[TextLine, ...]


def family_of(text_family: TextFamily) -> Family:
    """The family as a page declares it."""
    return Family(text_family.name, cast("FamilyType", text_family.type), text_family.help)


def strict_families(
    families: Sequence[TextFamily], taken: frozenset[str] = frozenset()
) -> list[StrictFamily]:
    """The families in the order of the files.

    Args:
        families: each once, of which none has a name of another.
        taken: names that others have on the page, or could have for all that it says of them.
    """
    created = {
        family.name: family
        for family in families
        if family.name.endswith(CREATED) and family.type in ("gauge", "untyped")
    }
    named = taken.union(*map(names_of, families))
    typed: dict[str, TextFamily | None] = {}
    claimed: set[str] = set()
    for family in families:
        if family.type not in _TYPED or not _is_sound(family):
            continue
        claims = claimed_names(family_of(family))
        times = _created_of(family, created)
        own = names_of(family) | ({times.name} if times is not None else set())
        if claims & (claimed | (named - own)):
            continue
        claimed |= claims
        typed[family.name] = times
    folded = {times.name for times in typed.values() if times is not None}
    found: list[StrictFamily] = []
    for family in families:
        if family.name in typed:
            found.append(_as_typed(family, typed[family.name]))
        elif family.name not in folded:
            found += _by_name(family)
    return found


def _created_of(family: TextFamily, created: dict[str, TextFamily]) -> TextFamily | None:
    """The times at which the series of a family began, where each of them is of one."""
    times = created.get(stem_of(family_of(family)) + CREATED)
    if times is None or not set(groups_of(times)) <= set(groups_of(family)):
        return None
    return times


def _as_typed(family: TextFamily, times: TextFamily | None) -> StrictFamily:
    began: dict[Group, TextSeries] = {}
    if times is not None:
        began = {group_of(times, series): series for series in times.series}
    lines = []
    for group, members in groups_of(family).items():
        lines += [TextLine(family.name + one.suffix, one.labels, one.value) for one in members]
        if times is not None and group in began:
            lines.append(TextLine(times.name, began[group].labels, began[group].value))
    return StrictFamily(family_of(family), tuple(lines))


def _by_name(family: TextFamily) -> Iterable[StrictFamily]:
    """A family for each name; a gauge stays one."""
    kind: FamilyType = "gauge" if family.type == "gauge" else "untyped"
    by_suffix: dict[str, list[TextLine]] = {}
    for suffix, labels, value in family.series:
        by_suffix.setdefault(suffix, []).append(TextLine(family.name + suffix, labels, value))
    for suffix, lines in by_suffix.items():
        yield StrictFamily(Family(family.name + suffix, kind, family.help), tuple(lines))


def _is_sound(family: TextFamily) -> bool:
    """Whether its samples are what OpenMetrics has its type for."""
    if family.type == "counter":
        return all(map(_is_count, family.series))
    check = _is_histogram if family.type == "histogram" else _is_summary
    return all(map(check, groups_of(family).values()))


def _is_count(series: TextSeries) -> bool:
    # Neither below zero nor NaN.
    return float(series.value) >= 0


def _is_whole(series: TextSeries) -> bool:
    value = float(series.value)
    return value >= 0 and value.is_integer()


def _is_summary(group: list[TextSeries]) -> bool:
    for series in group:
        value = float(series.value)
        if series.suffix == "_count" and not _is_whole(series):
            return False
        if series.suffix == "_sum" and not _is_count(series):
            return False
        if series.suffix == "" and (value < 0 or not 0 <= bound_of(series) <= 1):
            return False
    return True


def _is_histogram(group: list[TextSeries]) -> bool:
    buckets = [series for series in group if series.suffix == "_bucket"]
    sums = [series for series in group if series.suffix == "_sum"]
    counts = [series for series in group if series.suffix == "_count"]
    if len(sums) != 1 or len(counts) != 1 or len(buckets) + 2 != len(group):
        return False
    bounds, values = map(bound_of, buckets), [float(series.value) for series in buckets]
    rises = values == sorted(values) and values[-1:] == [float(counts[0].value)]
    return (
        rises
        and all(map(_is_whole, (*buckets, *counts)))
        and _is_count(sums[0])
        and min(bounds) >= 0
    )
