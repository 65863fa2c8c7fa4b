"""Points of a chart are the means of their steps, and none is made where nothing is known."""

from __future__ import annotations

import numpy as np

from reporter.asking import differences
from reporter.asking.sampled_query import Sampled
from reporter.asking.thinning import thinned


def test_points_are_means_of_their_steps() -> None:
    times = np.concatenate((np.arange(0.0, 61, 15), np.arange(180.0, 241, 15)))
    busy = np.concatenate(([0, 15, 15, 15, 30], [30, 30, 30, 45, 60]))
    own = Sampled({"instance": "a"}, differences.ratio(times, busy, times - busy + 100))
    (found,) = thinned([own], 0, 240, 60)
    assert found.labels == {"instance": "a"}
    assert found.times.tolist() == [60, 240]
    assert found.values.tolist() == [0.5, 0.5]


def test_what_is_not_there_has_no_series() -> None:
    own = Sampled({}, differences.gauge(np.array([5.0]), np.array([1.0])))
    assert thinned([own], 0, 60, 15) == []
