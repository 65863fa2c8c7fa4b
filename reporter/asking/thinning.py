"""Points for a chart, made of all samples: the mean of each step. Pure.

A chart has as many points as it has room for; statistics are never made of these.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from perfanalysis.promql import Series
from reporter.asking.sampled_query import Sampled


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
