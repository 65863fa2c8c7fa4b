"""LoadTestRegression on simulated nights: how often it fires falsely, and what it finds."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from tests.prometheus.conftest import Run
from tests.prometheus.nightly_runs import deviations, fires, nights, promtool_test

SEED = 20261124
SPREADS = (0.002, 0.005, 0.01, 0.015)


def false_alerts(machines: int, spread: float, kind: str = "normal") -> float:
    """Nights on which it fires, of 1,000 nightly runs of unchanged machines in two months."""
    found = fires(nights(np.random.default_rng(SEED), (machines, 60), spread, kind))
    return 1000 * float(found.mean())


def found_within_two_nights(machines: int, spread: float, drop: float, history: int) -> float:
    """The share of machines of which a drop is found by the second night."""
    rates = nights(np.random.default_rng(SEED), (machines, history + 2), spread)
    rates[:, history:] *= 1 - drop
    return float(fires(rates)[:, history + 1].mean())


@pytest.mark.parametrize("spread", SPREADS)
def test_at_most_one_false_alert_in_a_thousand_nightly_runs(spread: float) -> None:
    assert false_alerts(1000, spread) <= 1


@pytest.mark.parametrize("history", [7, 14, 30])
def test_five_percent_are_found_within_two_nights(history: int) -> None:
    assert found_within_two_nights(500, 0.005, 0.05, history) >= 0.99


def test_what_stays_slow_fires_until_the_usual_runs_have_left_the_month() -> None:
    rates = nights(np.random.default_rng(SEED), (200, 90), 0.005)
    rates[:, 30:] *= 0.95
    firing = fires(rates)[:, 30:].sum(axis=1)
    assert 20 <= statistics.median(firing) <= 28
    # What was slow is not taken for usual when it is over.
    rates[:, 37:] /= 0.95
    assert not fires(rates)[:, 38:58].any()


@pytest.mark.parametrize("count", [7, 14, 30])
@pytest.mark.parametrize("drop", [0.01, 0.02, 0.04])
def test_the_rules_have_the_arithmetic_of_compare(count: int, drop: float) -> None:
    """Runs of a machine against one more: Student's t, which the rules turn into a deviate."""
    earlier = nights(np.random.default_rng(count), (1, count), 0.005)
    usual = math.exp(float(np.log(earlier).mean()))
    newest = usual * (1 - drop)
    of_compare = ratios.compare(
        [[Rate(float(v), None) for v in earlier[0]]], [[Rate(newest, None)]]
    )
    counted = np.ones(earlier.shape, dtype=np.bool_)
    _, found, deviate = deviations(earlier, counted, np.array([newest]))
    assert of_compare.p_value is not None
    assert found[0] == pytest.approx(drop)
    assert of_compare.value == pytest.approx(1 - drop)
    # Wallace's deviate is as seldom as the t, within some percent of its chance.
    chance = 2 * statistics.NormalDist().cdf(-deviate[0])
    assert math.log(chance) == pytest.approx(math.log(of_compare.p_value), rel=0.02)


def compared_with_promtool(promtool: Run, folder: Path, machines: int, months: int) -> int:
    """How often both fire, of machines of which half become slow, and some of these recover."""
    rates = nights(np.random.default_rng(SEED), (machines, months * 31 + 11), 0.01)
    rates[: machines // 2, 12:] *= 0.94
    rates[: machines // 4, 20:] /= 0.94
    fired = fires(rates)
    done = promtool("test", "rules", promtool_test(folder, rates, fired))
    assert done.returncode == 0, done.stdout[:2000]
    return int(fired.sum())


def test_the_rules_fire_where_the_simulation_does(promtool: Run, tmp_path: Path) -> None:
    assert compared_with_promtool(promtool, tmp_path, 4, 1) > 20


@pytest.mark.long
def test_the_rules_fire_where_the_simulation_does_for_longer(promtool: Run, tmp_path: Path) -> None:
    assert compared_with_promtool(promtool, tmp_path, 10, 2) > 60


@pytest.mark.long
@pytest.mark.parametrize("spread", SPREADS)
def test_false_alerts_of_many_machines(spread: float) -> None:
    assert false_alerts(20_000, spread) <= 0.3
    # One run of ten that varies three times as much, and nights that resemble the one before.
    assert false_alerts(20_000, spread, "outliers") <= 0.5
    assert false_alerts(20_000, spread, "lasting") <= 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("spread", "history", "least"),
    [(0.005, 7, 0.999), (0.01, 7, 0.73), (0.01, 14, 0.92), (0.01, 30, 0.97), (0.015, 30, 0.55)],
)
def test_power_of_many_machines(spread: float, history: int, least: float) -> None:
    assert found_within_two_nights(20_000, spread, 0.05, history) >= least
