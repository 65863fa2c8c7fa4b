"""Points for a chart, made of all samples: the mean of each step. Pure.

A chart has as many points as it has room for; statistics are never made of these. They are worked
out when something asks: a report of a thousand machines draws none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from perfanalysis.promql import Series
from reporter.asking.query import RangeQuery
from reporter.asking.sampled_query import Sampled


class ChartSeries(Mapping[RangeQuery, Sequence[Series]]):
    """The points of charts by query: those that the engine answered, and those of all samples.

    Args:
        answered: by query, what the engine answered.
        sampled: by query, the samples of which points are made.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points.
    """

    def __init__(
        self,
        answered: Mapping[RangeQuery, Sequence[Series]],
        sampled: Mapping[RangeQuery, Sequence[Sampled]],
        start: float,
        end: float,
        step: float,
    ) -> None:
        self._made = dict(answered)
        self._sampled = sampled
        self._range = (start, end, step)

    def __getitem__(self, query: RangeQuery) -> Sequence[Series]:
        if query not in self._made:
            self._made[query] = thinned(self._sampled[query], *self._range)
        return self._made[query]

    def __iter__(self) -> Iterator[RangeQuery]:
        yield from dict.fromkeys((*self._made, *self._sampled))

    def __len__(self) -> int:
        return len(self._made.keys() | self._sampled.keys())


def thinned(sampled: Iterable[Sampled], start: float, end: float, step: float) -> list[Series]:
    """Series with a point at the end of each step of the range that anything is known of.

    Args:
        sampled: the samples.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points; not less than from sample to sample.
    """
    return [one for every in sampled if len((one := _thin(every, start, end, step)).times)]


def _thin(one: Sampled, start: float, end: float, step: float) -> Series:
    times, values = one.samples.times[1:], one.samples.values[1:].astype(np.float64)
    seconds = np.diff(one.samples.times)
    known = np.isfinite(values) & (times > start)
    times, values, seconds = times[known], values[known], seconds[known]
    # What ends with a step is in it; what ends behind the range is in its last one.
    bins = np.ceil((times - start) / step - 1e-9).astype(np.int64)
    most = max(1, int(np.floor((end - start) / step + 1e-9)))
    bins = np.minimum(bins, most)
    weights = np.bincount(bins, weights=seconds, minlength=1)
    sums = np.bincount(bins, weights=seconds * values, minlength=1)
    having = np.flatnonzero(weights)
    ends = np.array(start + having * step, dtype=np.float64)
    means = np.array(sums[having] / weights[having], dtype=np.float64)
    return Series(one.labels, ends, means)
