"""What a machine's work needed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workload.prediction.made import candidate, usage
from workload.prediction.demand import demand_of
from workload.prediction.findings import MachineResource
from workload.prediction.hidden_bursts import hidden_spread
from workload.prediction.usage import SampledBusy

OWN = candidate("a", 100)


def test_steal_is_no_demand_but_leaves_none_idle() -> None:
    found = demand_of(usage([0.5, 0.7, 0.7], steal=[0, 0.1, 0.3]), OWN, None)
    assert found.busy.tolist() == [0.5, 0.7, 0.7]
    assert found.saturated.tolist() == [0, 0, 1]
    assert found.censored == pytest.approx(1 / 3)


def test_cpus_that_were_added_do_more_than_the_curve_has() -> None:
    found = demand_of(usage([0.5, 0.5, 1.0], cpus=[2, 4, 4]), OWN, None)
    assert found.busy.tolist() == [0.5, 1.0, 2.0]


def test_only_the_look_back_period_counts() -> None:
    found = demand_of(usage([0.1, 0.2, 0.3, 0.4], step=43200), OWN, 1.0)
    assert found.busy.tolist() == [0.3, 0.4]


def test_what_is_unknown_is_not_idle() -> None:
    found = demand_of(usage([0.5, np.nan, 0.7]), OWN, None)
    assert (found.cpu.count, found.cpu.mean) == (2, pytest.approx(0.6))
    assert MachineResource.NETWORK not in found.limited


def test_a_link_carries_both_ways_at_once() -> None:
    found = demand_of(
        usage([0.5, 0.5], network_receive_bytes=[10, 3], network_transmit_bytes=[7, np.nan]),
        OWN,
        None,
    )
    assert found.of(MachineResource.NETWORK).tolist() == [10, 3]


@pytest.mark.parametrize(
    ("busy", "busiest", "expected"),
    [
        # On two CPUs: all alike; one alone; between.
        ([0.4, 0.4], [0.4, 0.4], 0.0),
        ([0.4, 0.4], [0.8, 0.8], 1.0),
        ([0.4, 0.4], [0.6, 0.6], 0.5),
        # More than one CPU can do: it is full, and the other has the rest.
        ([0.75, 0.75], [1.0, 1.0], 1.0),
        ([1.0, 1.0], [1.0, 1.0], 0.0),
    ],
)
def test_how_much_stands_on_few_cpus(
    busy: list[float], busiest: list[float], expected: float
) -> None:
    found = demand_of(usage(busy, busiest_cpu=busiest), OWN, None)
    assert found.concentration == pytest.approx(expected)


def test_minutes_hide_nothing_and_too_few_intervals_tell_nothing() -> None:
    assert hidden_spread(np.array([0.1, 0.9] * 10), 60.0) == 0
    assert np.isnan(hidden_spread(np.array([0.1, 0.9]), 300.0))
    assert hidden_spread(np.full(100, 0.4), 300.0) == 0


def test_what_five_minutes_hide_of_noise_without_memory() -> None:
    """Minutes of a deviation of 0.1, of which intervals of four minutes show the half: 0.05."""
    minutes = np.random.default_rng(3).normal(0.5, 0.1, 40_000)
    intervals = minutes.reshape(-1, 4).mean(axis=1)
    assert hidden_spread(intervals, 240.0) == pytest.approx(0.05, abs=0.005)


def test_a_slow_rise_hides_little() -> None:
    """Of a day's up and down, hours apart, minutes within an interval show next to nothing."""
    busy = 0.5 + 0.4 * np.sin(np.arange(2880) / 288 * 2 * np.pi)
    assert hidden_spread(busy, 300.0) < 0.01


LOOKS = SampledBusy(np.array([0.5, 0.9, 1.0, np.inf]), np.array([[50.0, 30, 20, 0]]))


@pytest.mark.parametrize(
    ("percent", "expected"), [(40, 0.5), (50, 0.5), (51, 0.9), (80, 0.9), (99, 1.0), (100, 1.0)]
)
def test_percentiles_of_looks_are_the_upper_bounds_of_their_buckets(
    percent: float, expected: float
) -> None:
    assert LOOKS.percentile(percent) == expected


def test_shares_of_looks_count_the_whole_bucket() -> None:
    found = LOOKS.share_above(np.array([0.4, 0.5, 0.7, 0.9, 0.99, 1.0, 1.5]))
    assert found == pytest.approx([1.0, 0.5, 0.5, 0.2, 0.2, 0.0, 0.0])
