"""Times of samples are kept once, and points of charts made when something asks."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.promql import Series
from reporter.asking.differences import Samples
from reporter.asking.sampled_query import Sampled
from reporter.asking.shared_times import SharedTimes
from reporter.asking.thinning import ChartSeries
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.figures.load import PRESSURE


def sampled(name: str, first: float, value: float = 0.5) -> Sampled:
    times = np.array([first + 15.0 * number for number in range(9)], dtype=np.float64)
    return Sampled({"instance": name}, Samples(times, np.full(9, value, np.float32)))


def test_machines_that_were_scraped_together_share_their_times() -> None:
    shared = SharedTimes()
    before = [sampled("a", 0.0), sampled("b", 0.0), sampled("c", 0.004)]
    a, b, c = shared.of(before)
    (again,) = shared.of([sampled("a", 0.0, 0.7)])
    assert a.samples.times is b.samples.times is again.samples.times
    assert c.samples.times is not a.samples.times
    assert c.samples.times[0] == pytest.approx(0.004)
    assert [one.labels["instance"] for one in (a, b, c)] == ["a", "b", "c"]
    assert again.samples.values[0] == np.float32(0.7)


def test_points_are_made_of_all_samples_and_once() -> None:
    answered = {PRESSURE: [Series({}, np.array([60.0]), np.array([1.0]))]}
    found = ChartSeries(answered, {CPU_BUSY: [sampled("a", 0.0)]}, 0.0, 120.0, 60.0)
    assert list(found) == [PRESSURE, CPU_BUSY]
    assert len(found) == 2
    (one,) = found[CPU_BUSY]
    assert one.times.tolist() == [60.0, 120.0]
    assert one.values.tolist() == [0.5, 0.5]
    assert found[CPU_BUSY] is found[CPU_BUSY]
    assert found[PRESSURE] is answered[PRESSURE]
    assert MEMORY_USED not in found
    assert found.get(MEMORY_USED, ()) == ()
