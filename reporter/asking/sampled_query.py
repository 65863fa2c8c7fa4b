"""Quantities of which every sample is read: the report's statistics are made of these.

What is sent asks for counters and gauges as they stand, at every scrape; the values are made of
them here (``reporter.asking.differences``), so that one rule holds on every engine.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, TypeVar

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking import differences, placeholders
from reporter.asking.differences import Samples
from reporter.asking.query import RangeQuery

AnySampled = TypeVar("AnySampled", bound="SampledQuery")
# One series of a scrape tells when it was.
CLOCK = 'node_cpu_seconds_total{$machines,mode="idle",cpu="0"}'
# Seconds between two times that are one and the same.
_SAME = 1e-3


@dataclass(frozen=True, eq=False)
class SampledQuery(RangeQuery):
    """A quantity over the range whose every sample is read.

    Attributes:
        parts: the expressions that are sent, each with the same labels; the query's own expression
            has all of them, for people who look.
        clock: a series of each machine whose own samples tell when it was scraped.
        timed: whether the values need the time of each sample, be they ever so even.
        summed: what is sent in the place of ``parts`` for machines whose exporter adds up CPUs and
            modes itself (``machine_time``): the same of few series. None: there is nothing such.
        summed_expression: all of ``summed``, for people who look.
    """

    parts: tuple[str, ...] = field(kw_only=True)
    clock: str = field(default=CLOCK, kw_only=True)
    summed: tuple[str, ...] = field(default=(), kw_only=True)
    summed_expression: str = field(default="", kw_only=True)
    timed: ClassVar[bool] = False

    PLACEHOLDERS: ClassVar[frozenset[str]] = placeholders.MATCHERS | {placeholders.WINDOW}
    # Of so many points of the grid, each expression is asked for at one.
    every: ClassVar[tuple[int, ...]] = ()

    def sent(self, *, summed: bool) -> tuple[str, ...]:
        """The expressions that are sent for machines that add up themselves, or do not."""
        return self.summed if summed and self.summed else self.parts

    def samples_of(self, parts: Sequence[Series], times: Floats | None) -> Samples:
        """The values of one series.

        Args:
            parts: an answer to each expression, all of the same labels.
            times: (n,) when the machine was scraped, where that was asked.
        """
        points, columns = self.together(parts)
        if times is not None:
            points, columns = _at_samples(points, columns, times)
        return self.values(points, columns)

    def together(self, parts: Sequence[Series]) -> tuple[Floats, list[Floats]]:
        """The points that all expressions have, and their values there."""
        return _together(parts)

    @abstractmethod
    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """The values.

        Args:
            times: (n,) Unix seconds.
            columns: (n,) of each expression.
        """


@dataclass(frozen=True, eq=False)
class CounterRatio(SampledQuery):
    """What one counter's growth is of its own and another's."""

    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """See ``differences.ratio``."""
        return differences.ratio(times, *columns)


@dataclass(frozen=True, eq=False)
class CounterShare(SampledQuery):
    """What one counter's growth is of another's, where that grows."""

    timed: ClassVar[bool] = True

    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """See ``differences.share``."""
        return differences.share(times, *columns)


@dataclass(frozen=True, eq=False)
class CounterRate(SampledQuery):
    """What a counter grows a second."""

    timed: ClassVar[bool] = True

    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """See ``differences.rate``."""
        return differences.rate(times, columns[0])


@dataclass(frozen=True, eq=False)
class Gauge(SampledQuery):
    """What a gauge says; its expression looks back over ``$window``, which holds one sample."""

    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """See ``differences.gauge``."""
        return differences.gauge(times, columns[0])


@dataclass(frozen=True, eq=False)
class GaugeShare(SampledQuery):
    """What is taken of something whose size changes seldom: one less its free part of the whole.

    Both expressions look back over ``$window``. The whole is asked for at one of twenty points.
    """

    every: ClassVar[tuple[int, ...]] = (1, 20)

    def together(self, parts: Sequence[Series]) -> tuple[Floats, list[Floats]]:
        """See ``SampledQuery``; each point has the whole that was seen nearest to it."""
        free, whole = parts
        if not len(whole.times):
            return free.times[:0], [free.values[:0]] * 2
        places = np.searchsorted(whole.times, free.times)
        before, behind = np.maximum(places - 1, 0), np.minimum(places, len(whole.times) - 1)
        nearer = np.abs(whole.times[before] - free.times) < np.abs(whole.times[behind] - free.times)
        return free.times, [free.values, whole.values[np.where(nearer, before, behind)]]

    def values(self, times: Floats, columns: Sequence[Floats]) -> Samples:
        """See ``differences.gauge``."""
        free, whole = columns
        with np.errstate(divide="ignore", invalid="ignore"):
            return differences.gauge(times, np.where(whole > 0, 1 - free / whole, np.nan))


def one_part(  # noqa: PLR0913 - a query has these
    kind: type[AnySampled],
    name: str,
    expression: str,
    unit: str,
    *,
    order: int,
    optional: bool = False,
    clock: str = CLOCK,
) -> AnySampled:
    """A query that is sent as it stands."""
    return kind(name, expression, unit, optional, order, parts=(expression,), clock=clock)


@dataclass(frozen=True)
class Sampled:
    """The samples of one series of a quantity."""

    labels: Mapping[str, str]
    samples: Samples


def combined(
    query: SampledQuery,
    answers: Sequence[Sequence[Series]],
    times: Mapping[str, Floats],
    late: Mapping[str, float],
) -> list[Sampled]:
    """The samples of a quantity, series by series; what not every expression answers is left out.

    Args:
        query: the quantity.
        answers: to each of its expressions.
        times: by machine, when it was scraped, as far as asked.
        late: by machine, how many seconds its samples were before their points, where not asked.
    """
    first, *others = answers
    by_labels = [{_key(one): one for one in other} for other in others]
    found = []
    for one in first:
        parts = [one, *(other[_key(one)] for other in by_labels if _key(one) in other)]
        if len(parts) == len(answers):
            name = one.labels.get("instance", "")
            samples = query.samples_of(parts, times.get(name))
            if name not in times and late.get(name):
                samples = replace(samples, times=samples.times - late[name])
            found.append(Sampled(one.labels, samples))
    return found


def _key(one: Series) -> frozenset[tuple[str, str]]:
    return frozenset(one.labels.items())


def _together(parts: Sequence[Series]) -> tuple[Floats, list[Floats]]:
    """The points that all have."""
    times = parts[0].times
    if all(len(one.times) == len(times) and (one.times == times).all() for one in parts[1:]):
        return times, [one.values for one in parts]
    for one in parts[1:]:
        times = np.intersect1d(times, one.times)
    return times, [one.values[np.searchsorted(one.times, times)] for one in parts]


def _at_samples(
    points: Floats, columns: Sequence[Floats], times: Floats
) -> tuple[Floats, list[Floats]]:
    """Points as samples: each sample once, at its own time."""
    places = np.searchsorted(times, points + _SAME, side="right") - 1
    known = places >= 0
    new = known & (np.diff(places, prepend=-1) > 0)
    return times[places[new]], [column[new] for column in columns]
