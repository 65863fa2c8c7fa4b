"""Which of a page's values each rule speaks of; worked out once for each set of series."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from exporter.validation import rules
from exporter.validation.rules import AtMost, GrowthLimit, Stale, Term
from perfanalysis.exposition.families import Series

_COUNTER = re.compile(rules.COUNTERS_BY_NAME)

Picker = Callable[[Sequence[bytes]], Sequence[bytes]]
# Positions of values, and what to multiply each with.
Scaled = tuple[tuple[int, float], ...]


class LimitComparison(NamedTuple):
    """An ``AtMost`` on one set of labels; the numbers of both sides by their places in the plan."""

    rule: AtMost
    left: tuple[int, ...]
    right: tuple[int, ...]
    labels: str


class Sum(NamedTuple):
    """A ``GrowthLimit`` on one set of labels."""

    rule: GrowthLimit
    values: Scaled
    labels: str


class CheckPlan(NamedTuple):
    """What to look at in the values of one scrape of a collector, all its blocks together."""

    counters: tuple[int, ...]
    pick_counters: Picker
    series: tuple[Series, ...]
    # The numbers that are compared: which values, and what to multiply each with.
    compared: tuple[int, ...]
    pick_compared: Picker
    scales: tuple[float, ...]
    comparisons: tuple[LimitComparison, ...]
    sums: tuple[Sum, ...]
    stale: tuple[tuple[Stale, tuple[int, ...], Picker], ...]
    families: frozenset[str]
    looks_at_something: bool

    def scaled(self, places: Iterable[int]) -> Scaled:
        """The numbers at these places of ``compared``, as ``Sum`` has them."""
        return tuple((self.compared[place], self.scales[place]) for place in places)


def is_counter(series: Series) -> bool:
    """Whether the series can only grow, and is to be looked at here."""
    family = series.family
    if family.name in rules.HELD:
        return False
    return family.type == "counter" or (
        family.type == "untyped" and _COUNTER.fullmatch(family.name) is not None
    )


def series_name(series: Series) -> str:
    """The series as it stands on the page."""
    pairs = ",".join(f'{k}="{v}"' for k, v in zip(series.family.labels, series.labels, strict=True))
    return f"{series.family.name}{{{pairs}}}" if pairs else series.family.name


def picker(positions: Sequence[int]) -> Picker:
    """A quick way to the values at these positions."""
    if len(positions) == 1:
        first = positions[0]
        return lambda values: (values[first],)
    if not positions:
        return lambda _: ()
    return itemgetter(*positions)


def make_plan(collector: str, series: Sequence[Series]) -> CheckPlan:
    """The plan for a collector's series."""
    counters = tuple(i for i, one in enumerate(series) if is_counter(one))
    stale = []
    for rule in rules.STALE:
        if rule.collector == collector:
            wanted = [i for i, s in enumerate(series) if s.family.name in rule.families]
            if wanted:
                stale.append((rule, tuple(wanted), picker(wanted)))
    compared: dict[int, int] = {}
    comparisons = tuple(_comparisons(collector, series, compared))
    sums = tuple(_sums(collector, series))
    has_fields = any(rule.collector == collector for rule in rules.FIELDS)
    return CheckPlan(
        counters,
        picker(counters),
        tuple(series[i] for i in counters),
        tuple(compared),
        picker(tuple(compared)),
        tuple(_scale(series[i]) for i in compared),
        comparisons,
        sums,
        tuple(stale),
        frozenset(one.family.name for one in series if not one.labels),
        bool(counters or comparisons or sums or stale or has_fields),
    )


def _scale(series: Series) -> float:
    return float(b"1" + series.suffix)


def _by_labels(term: Term, series: Sequence[Series]) -> dict[frozenset[tuple[str, str]], int]:
    """Positions of a term's series, by the labels that the term does not fix."""
    found = {}
    fixed = set(term.labels)
    for i, one in enumerate(series):
        if one.family.name == term.family:
            labels = set(zip(one.family.labels, one.labels, strict=True))
            if fixed <= labels:
                found[frozenset(labels - fixed)] = i
    return found


def _shown(labels: Iterable[tuple[str, str]]) -> str:
    return ",".join(f'{key}="{value}"' for key, value in sorted(labels))


def _comparisons(
    collector: str, series: Sequence[Series], compared: dict[int, int]
) -> list[LimitComparison]:
    """The comparisons; ``compared`` gets the series that they need, and the place of each."""
    made = []
    for rule in rules.COMBINATIONS:
        if rule.collector != collector:
            continue
        left = [_by_labels(term, series) for term in rule.left]
        right = [_by_labels(term, series) for term in rule.right]
        for labels in left[0]:
            if all(labels in found for found in (*left, *right)):
                sides = [
                    tuple(compared.setdefault(found[labels], len(compared)) for found in side)
                    for side in (left, right)
                ]
                made.append(LimitComparison(rule, sides[0], sides[1], _shown(labels)))
    return made


def _sums(collector: str, series: Sequence[Series]) -> list[Sum]:
    made = []
    for rule in rules.GROWTH_LIMITS:
        if rule.collector != collector:
            continue
        groups: dict[frozenset[tuple[str, str]], list[tuple[int, float]]] = {}
        for i, one in enumerate(series):
            if one.family.name == rule.family:
                pairs = zip(one.family.labels, one.labels, strict=True)
                labels = frozenset(pair for pair in pairs if pair[0] != rule.over)
                groups.setdefault(labels, []).append((i, _scale(one)))
        made += [Sum(rule, tuple(values), _shown(labels)) for labels, values in groups.items()]
    return made
