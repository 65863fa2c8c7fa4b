"""Rates become counters: whatever they are, and wherever there are gaps, they come back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.captures import CapturedMachine, Snapshot
from importing.intervals import IntegratedCounters, ToldInterval
from importing.machines import ImportedMachine
from importing.monitors import names
from importing.refusals import Refusals
from perfanalysis.exposition.families import Series
from perfanalysis.machines.identity import Identity

BEGIN = 1_768_039_200
SERIES = (names.CONTEXT_SWITCHES, names.network("receive_bytes", "eth0"))


def snapshots(told: Sequence[ToldInterval]) -> list[Snapshot]:
    refusals = Refusals(lambda _: None, strict=True)
    recorded = CapturedMachine(ImportedMachine(Identity(name="m")), refusals)
    return list(IntegratedCounters(recorded, "made").snapshots(told, Path("f")))


def values(found: Sequence[Snapshot], series: Series) -> list[tuple[float, float]]:
    return [
        (snapshot.time, float(value))
        for snapshot in found
        for batch in snapshot.batches
        for one, value in zip(batch.series, batch.values, strict=True)
        if one == series
    ]


RATES = st.integers(0, 10**9).map(lambda cents: cents / 100)
STEPS = st.lists(
    st.tuples(st.sampled_from([1, 10, 60, 600]), st.booleans(), RATES, st.none() | RATES),
    min_size=1,
    max_size=20,
)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_rates_come_back_within_their_decimals(
    steps: list[tuple[int, bool, float, float | None]],
) -> None:
    told = []
    time = float(BEGIN)
    for seconds, gap, first, second in steps:
        time += seconds + (3000 if gap else 0)
        rates = dict(zip(SERIES, (first, second), strict=True))
        known = {series: rate for series, rate in rates.items() if rate is not None}
        told.append(ToldInterval(time, "line", seconds, rates=known))
    found = snapshots(told)
    times = [snapshot.time for snapshot in found]
    assert times == sorted(set(times))
    for series in SERIES:
        by_time = dict(values(found, series))
        for interval in told:
            if series in interval.rates:
                rise = by_time[interval.time] - by_time[interval.begins]
                rate = rise / interval.seconds
                # Two decimals, at most 1e7 a second, over days.
                assert math.isclose(rate, interval.rates[series], abs_tol=1e-4)
        # What is between two intervals is never a rise.
        ends = {interval.time for interval in told if series in interval.rates}
        assert not any(value for time, value in by_time.items() if time not in ends)


def test_a_device_that_comes_and_goes() -> None:
    first, second = SERIES
    told = [
        ToldInterval(BEGIN + 10 * i, f"line {i}", 10.0, rates={first: 1.0, **more})
        for i, more in enumerate([{}, {second: 2.0}, {}, {second: 3.0}], 1)
    ]
    found = snapshots(told)
    assert values(found, first) == [(BEGIN + 10 * i, 10.0 * i) for i in range(5)]
    assert values(found, second) == [
        (BEGIN + 10, 0),
        (BEGIN + 20, 20),
        (BEGIN + 30, 0),
        (BEGIN + 40, 30),
    ]


@pytest.mark.parametrize(
    ("begins", "follows"),
    [(0.0, True), (1.5, True), (-1.5, True), (1.6, False), (-1.6, True), (300.0, False)],
)
def test_what_follows(begins: float, follows: bool) -> None:
    series = SERIES[0]
    told = [
        ToldInterval(BEGIN + 600.0, "a", 600.0, rates={series: 1.0}),
        ToldInterval(BEGIN + 1200.0 + begins, "b", 600.0, rates={series: 2.0}),
    ]
    found = values(snapshots(told), series)
    if follows and begins > -1.6:
        # By the times that are told, so that the rate comes back.
        assert found[1:] == [(BEGIN + 600, 600), (BEGIN + 1200 + begins, 600 + 2 * (600 + begins))]
    elif begins < 0:
        # It reaches back into the one before, whose end stands.
        assert found[-1] == (BEGIN + 1200 + begins, 1200)
        assert len(found) == 3
    else:
        assert found[2:] == [(BEGIN + 600 + begins, 0), (BEGIN + 1200 + begins, 1200)]


def test_counts_and_values_are_told_as_they_are() -> None:
    load, counter = names.load("1"), names.CONTEXT_SWITCHES
    told = [
        ToldInterval(BEGIN, "a", values={load: 0.5, counter: 70.0}),
        ToldInterval(BEGIN + 5, "b", 5.0, values={load: 0.25, counter: 90.0}),
        ToldInterval(BEGIN + 10, "c", 5.0, values={counter: 3.0}),
    ]
    found = snapshots(told)
    assert values(found, load) == [(BEGIN, 0.5), (BEGIN + 5, 0.25)]
    assert values(found, counter) == [(BEGIN, 70), (BEGIN + 5, 90), (BEGIN + 10, 3)]
    assert [batch.values for batch in found[0].batches[:1]] == [[b"0.5", b"70"]]
