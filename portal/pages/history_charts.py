"""What the charts of the history page are drawn from. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from portal.api.history_form import Bounds, PointAnswer, SeriesAnswer
from portal.api.regressions import RegressionAnswer
from portal.api.thresholds import ThresholdAnswer
from portal.regressions import judging
from portal.regressions.judging import Run, Spell

MOST_CHARTS = 12
_MOMENT = timedelta(microseconds=1)


def charted(series: Sequence[SeriesAnswer]) -> list[SeriesAnswer]:
    """Those with the most tests."""
    return sorted(series, key=lambda one: -len(one.points))[:MOST_CHARTS]


def title(series: SeriesAnswer) -> str:
    """What a series is of, for people."""
    of = series.machine or series.instance_type or "unknown type"
    return f"{of}: {series.kernel}"


def data(
    series: Sequence[SeriesAnswer],
    thresholds: Sequence[ThresholdAnswer],
    regressions: Sequence[RegressionAnswer],
) -> list[dict[str, Any]]:
    """One record a chart: its points, and below which rate a run would be low."""
    return [
        {
            "title": title(one),
            "points": [_point(point) for point in one.points],
            "floor": floor(one, thresholds, regressions),
        }
        for one in series
    ]


def floor(
    series: SeriesAnswer,
    thresholds: Iterable[ThresholdAnswer],
    regressions: Iterable[RegressionAnswer],
) -> float | None:
    """The usual rate less the threshold's drop; None: it is not watched, or runs are too few."""
    newest = series.points[-1]
    threshold = _narrowest(series, newest, thresholds)
    if threshold is None or series.machine_id is None:
        return None
    own = [
        Spell(one.first_at, one.last_at, one.state)
        for one in regressions
        if (one.machine_id, one.kernel, one.conditions)
        == (series.machine_id, series.kernel, series.conditions)
    ]
    runs = [
        Run(point.measured_at, point.median.value)
        for point in series.points
        if point.valid and point.full_conditions and point.median.value
    ]
    rates = judging.earlier(runs, newest.measured_at + _MOMENT, own)
    if len(rates) < threshold.least_runs:
        return None
    return math.exp(statistics.fmean(map(math.log, rates))) * (1 - threshold.drop_ratio)


def _narrowest(
    series: SeriesAnswer, point: PointAnswer, thresholds: Iterable[ThresholdAnswer]
) -> ThresholdAnswer | None:
    holding = [
        one
        for one in thresholds
        if one.machine_id in {None, point.machine_id}
        and one.instance_type in {None, series.instance_type or point.instance_type}
        and one.kernel in {None, series.kernel}
    ]
    narrowness = (
        (one.machine_id is not None, one.instance_type is not None, one.kernel is not None)
        for one in holding
    )
    found = max(zip(narrowness, range(len(holding)), strict=True), default=None)
    return None if found is None else holding[found[1]]


def _point(point: PointAnswer) -> dict[str, Any]:
    return {
        "test": point.test_id,
        "machine": point.machine,
        "at": round(point.measured_at.timestamp() * 1000),
        "valid": point.valid,
        "regression": point.regression,
        "performance": _bounds(point.median),
        "price_performance": _bounds(point.per_dollar),
    }


def _bounds(found: Bounds) -> list[float | None]:
    return [found.value, found.lower, found.upper]
