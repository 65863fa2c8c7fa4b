"""A gauge that seldom changes, read by its changes and not by the points of a chart.

An engine is asked for the points, and for the steps between them within which its samples differed;
what lies in those steps is then asked for scrape by scrape. So no change is missed, and what stood
still costs no more than a chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.differences import GAP
from reporter.asking.query import ChangesQuery
from reporter.asking.query_run import QueryRun

# Of a range in which all changes all the time, so many points a series are read at most.
_MOST_POINTS = 20_000
# A share of a step: points of one grid are as far apart as that says.
_ROUNDING = 1e-6
# Seconds after the last time at which a value is known, it is not.
_A_MOMENT = 1.0
Labels = frozenset[tuple[str, str]]


def read_changes(
    run: QueryRun, query: ChangesQuery, step: float, interval: float, sets: int
) -> list[Series]:
    """The changes of a gauge: see ``only_changes``.

    Args:
        run: the queries of the report's plan.
        query: the gauge.
        step: seconds between the points of charts.
        interval: seconds from scrape to scrape.
        sets: how many label sets a machine had in the range, one after the other.
    """

    def points(expression: str, start: float, end: float, every: float) -> list[Series]:
        return run.ask(
            expression,
            run.names,
            lambda filled: run.points(filled, (start, end), every, sets),
            step,
        )

    coarse = points(query.expression, run.start, run.end, step)
    told = points(query.changed, run.start, run.end, step)
    parts = _parts(coarse, told, step, run.start, run.end)
    fine = max(interval, sum(end - start for start, end in parts) / _MOST_POINTS)
    if fine > step / 2:
        return [only_changes(one, step) for one in coarse]
    found = [[_outside(one, parts) for one in coarse]]
    found += [points(query.expression, start, end, fine) for start, end in parts]
    return [only_changes(one, step) for one in _together(found)]


def _parts(
    coarse: Sequence[Series], told: Sequence[Series], step: float, start: float, end: float
) -> list[tuple[float, float]]:
    """The stretches of time in which something changed, came or went, Unix seconds."""
    ends = {float(time) for one in told for time in one.times}
    for one in coarse:
        differs = np.flatnonzero(np.diff(one.values) != 0)
        ends.update(one.times[differs + 1].tolist())
        apart = np.flatnonzero(np.diff(one.times) > step * (1 + _ROUNDING))
        # It went in the step after the last that is known, and came in that before the next.
        ends.update((one.times[apart] + step).tolist() + one.times[apart + 1].tolist())
        if len(one.times):
            ends.update((float(one.times[0]), float(one.times[-1]) + step))
    found: list[tuple[float, float]] = []
    for until in sorted(ends):
        since = max(start, until - step)
        if since >= end or until <= start:
            continue
        if found and since <= found[-1][1] + step * _ROUNDING:
            found[-1] = found[-1][0], min(until, end)
        else:
            found.append((since, min(until, end)))
    return found


def _outside(one: Series, parts: Sequence[tuple[float, float]]) -> Series:
    """The points that are in none of some stretches: at wide steps VictoriaMetrics looks back as
    wide, and knows a value for that much longer."""
    kept = np.ones(len(one.times), bool)
    for start, end in parts:
        kept &= (one.times <= start) | (one.times > end)
    return Series(one.labels, one.times[kept], one.values[kept])


def _together(answers: Iterable[Iterable[Series]]) -> list[Series]:
    """The points of each series of all answers, each moment once."""
    by_labels: dict[Labels, list[Series]] = defaultdict(list)
    for answer in answers:
        for one in answer:
            by_labels[frozenset(one.labels.items())].append(one)
    found = []
    for labels, parts in by_labels.items():
        every, first = np.unique(np.concatenate([one.times for one in parts]), return_index=True)
        values = np.concatenate([one.values for one in parts])[first]
        found.append(Series(_mapping(labels), every, values))
    return found


def _mapping(labels: Labels) -> Mapping[str, str]:
    return dict(sorted(labels))


def only_changes(one: Series, step: float) -> Series:
    """The first point of each value, a NaN where it is no longer known, and the last point. Pure.

    Args:
        one: points that are about ``step`` apart, or nearer, where the value is known.
        step: seconds.
    """
    times, values = one.times, one.values
    if not len(times):
        return one
    gaps = np.flatnonzero(np.diff(times) > GAP * step)
    new = np.concatenate(([True], np.diff(values) != 0))
    new[gaps + 1] = True
    new[-1] = True
    kept: Floats = np.concatenate((times[new], times[gaps] + _A_MOMENT))
    told: Floats = np.concatenate((values[new], np.full(len(gaps), np.nan)))
    order = np.argsort(kept, kind="stable")
    return Series(one.labels, kept[order], told[order])
