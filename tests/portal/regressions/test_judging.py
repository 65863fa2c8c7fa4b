"""Whether a run is low, held against the alert's bounds, `loadtest compare` and simulated years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from portal.records.regressions import ACCEPTED, CONFIRMED, OVER, SUSPECTED, WITHDRAWN
from portal.regressions import judging
from portal.regressions.judging import Run, Spell
from tests.portal.regressions import simulated_nights
from tests.portal.regressions.simulated_nights import runs_to_confirm, unchanged
from tests.prometheus.nightly_runs import alert

START = datetime(2026, 1, 1, tzinfo=UTC)
USUAL = [100.0, 101.0, 99.0, 100.0, 101.0, 99.0, 100.0]


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def test_the_bounds_are_those_of_the_alert() -> None:
    bounds = {name: one.value for name, one in alert().thresholds.items()}
    assert bounds == {
        "least": judging.LEAST_DROP,
        "deviations": judging.DEVIATIONS,
        "earlier": judging.LEAST_RUNS,
    }


def test_the_statistics_are_those_of_a_comparison() -> None:
    found = judging.judge(USUAL, 97.0, drop=0.01, least_runs=7)
    compared = ratios.compare([[Rate(v, None) for v in USUAL]], [[Rate(97.0, None)]])
    assert found is not None
    assert compared.p_value is not None
    assert found.drop == pytest.approx(1 - compared.value)
    assert found.p_value == pytest.approx(compared.p_value / 2)
    assert found.runs == 7


@pytest.mark.parametrize(
    ("rates", "rate", "drop", "least", "low"),
    [
        (USUAL, 90.0, 0.01, 7, True),
        (USUAL, 90.0, 0.2, 7, False),
        (USUAL, 110.0, 0.01, 7, False),
        (USUAL, 98.5, 0.01, 7, False),
        (USUAL, 90.0, 0.01, 8, None),
        (USUAL[:6], 90.0, 0.01, 1, None),
        ([100.0] * 7, 98.9, 0.01, 7, True),
        ([100.0] * 7, 100.0, 0.01, 7, False),
    ],
)
def test_what_is_low(
    rates: list[float], rate: float, drop: float, least: int, low: bool | None
) -> None:
    found = judging.judge(rates, rate, drop=drop, least_runs=least)
    assert (None if found is None else found.low) is low


@pytest.mark.parametrize(
    ("state", "low", "after"),
    [
        (None, False, None),
        (None, True, SUSPECTED),
        (SUSPECTED, True, CONFIRMED),
        (SUSPECTED, False, WITHDRAWN),
        (CONFIRMED, True, CONFIRMED),
        (CONFIRMED, False, OVER),
    ],
)
def test_what_follows(state: str | None, low: bool, after: str | None) -> None:
    assert judging.following(state, low=low) == after


def test_which_runs_tell_what_is_usual() -> None:
    runs = [Run(at(day), float(day)) for day in range(1, 41)]

    def days(*spells: Spell) -> list[float]:
        return judging.earlier(runs, at(40), spells)

    assert days() == [float(day) for day in range(10, 40)]
    slow = Spell(at(20), at(25), OVER)
    assert days(slow) == [float(d) for d in range(10, 40) if not 20 <= d <= 25]
    assert days(Spell(at(20), at(25), ACCEPTED)) == [float(day) for day in range(20, 40)]
    assert days(Spell(at(20), at(25), WITHDRAWN)) == days()


RATES = st.lists(st.floats(1.0, 1e6), min_size=7, max_size=40)


@given(RATES, st.floats(1.0, 1e6), st.floats(1e-3, 1e3))
def test_units_do_not_matter_and_a_lower_run_is_no_less_low(
    rates: list[float], rate: float, factor: float
) -> None:
    found = judging.judge(rates, rate, drop=0.02, least_runs=7)
    scaled = [factor * one for one in rates]
    other = judging.judge(scaled, factor * rate, drop=0.02, least_runs=7)
    lower = judging.judge(rates, rate / 2, drop=0.02, least_runs=7)
    assert found
    assert other
    assert lower
    assert other.drop == pytest.approx(found.drop, abs=1e-9, rel=1e-9)
    assert lower.drop > found.drop
    assert lower.low or not found.low


def test_the_simulation_judges_as_the_portal_does() -> None:
    random = np.random.default_rng(20261130)
    spread = random.choice([0.002, 0.01], size=300)
    logs = spread[:, None] * random.standard_normal((300, 40))
    there = random.random((300, 40)) < random.random((300, 1))
    value = -random.random(300) * 6 * spread
    found = simulated_nights.low(simulated_nights.usual(logs, there), value, 0.01)
    for row in range(300):
        rates = np.exp(logs[row][there[row]]).tolist()
        one = judging.judge(rates, float(np.exp(value[row])), drop=0.01, least_runs=7)
        assert bool(found[row]) is (one is not None and one.low), row
    assert 30 < found.sum() < 270


@pytest.mark.parametrize("kind", ["normal", "outliers", "lasting"])
@pytest.mark.parametrize("spread", [0.002, 0.005, 0.01, 0.015])
def test_of_a_thousand_nights_at_most_one_tells_a_change_that_is_none(
    spread: float, kind: str
) -> None:
    random = np.random.default_rng(20261130)
    found = unchanged(random, 2000, 60, spread, drop=0.01, kind=kind)
    assert found.nights == 120_000
    assert found.confirmed <= found.nights / 1000
    # It is no rule that never tells anything.
    assert found.suspected > 0 or spread == 0.002


@pytest.mark.parametrize("before", [7, 14, 30])
def test_five_percent_are_confirmed_by_the_second_run(before: int) -> None:
    random = np.random.default_rng(20261130)
    runs = runs_to_confirm(random, 4000, before, 0.005, 0.05, drop=0.01)
    assert np.mean(runs == 2) >= 0.999
    assert np.mean(runs <= 3) >= 0.999
