"""Bounds of single intervals: what noise within a run makes of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from perfanalysis.estimates.common_noise import Group
from perfanalysis.estimates.run_estimates import of_groups
from tests.workload.prediction.made import TENTHS, candidate, straight, usage
from workload.prediction.candidate import Candidate, Floats, WorkCurve
from workload.prediction.curve_table import Z
from workload.prediction.passing import counted, half_widths, reach
from workload.prediction.passing_noise import PassingNoise, Stretches, of_stretches
from workload.prediction.predict import Predictor
from workload.prediction.wishes import Wishes

# As the load test has them by default: of each level 8 rounds of 3 slices, others between them.
SLICE, SLICES, ROUNDS = 0.04, 3, 8
LEVELS = np.array(TENTHS)
SECONDS = SLICE * SLICES * ROUNDS * len(LEVELS)


def test_noise_without_memory_goes_down_as_one_over_the_time() -> None:
    noise = PassingNoise(0.04, 0.5)
    assert noise.over(np.array([0.1, 0.5, 1.0, 50.0])) == pytest.approx([0.04, 0.04, 0.02, 0.0004])


def test_noise_that_lasts_goes_down_later() -> None:
    found = PassingNoise(0.04, 0.1, memory=10.0).over(np.array([0.1, 1.0, 1000.0]))
    assert found[0] == pytest.approx(0.04)
    assert found[1] == pytest.approx(0.04 * 0.971, rel=1e-3)
    # Of T seconds with T far above the memory there are T / 2 / memory independent ones.
    assert found[2] == pytest.approx(0.04 * 20 / 1000, rel=0.02)


def stretches(units: list[float], times: list[float] | None = None) -> Stretches:
    """Of a tenth of a second each."""
    at = np.full(len(units), np.nan) if times is None else np.array(times)
    return Stretches(at, np.full(len(units), 0.1), np.array(units))


def test_the_variance_is_of_stretches_of_one_level() -> None:
    found = of_stretches([stretches([10, 10]), stretches([9, 11]), stretches([500])], None)
    assert found is not None
    assert [found.variance, found.seconds] == pytest.approx([0.01, 0.1])
    assert of_stretches([stretches([500])], 1.0) is None


@pytest.mark.parametrize(
    ("apart", "variance"),
    [
        pytest.param(1000.0, 0.02, id="far apart: not alike"),
        pytest.param(math.log(2), 0.04, id="half alike: half of the variance was seen"),
        pytest.param(0.0, 0.08, id="at the same time: no more than four times"),
        pytest.param(math.nan, 0.02, id="times unknown"),
    ],
)
def test_what_lasting_noise_hides_is_put_back(apart: float, variance: float) -> None:
    found = of_stretches([stretches([9, 11], [0.0, apart])], 1.0)
    assert found is not None
    assert found.variance == pytest.approx(variance)


def test_of_several_kernels_the_one_that_varies_most_counts_and_of_machines_their_mean() -> None:
    def curve(variance: float) -> WorkCurve:
        return replace(straight(100), passing=lambda: PassingNoise(variance, 1.0))

    curves = {"a": (curve(0.01), curve(0.04)), "b": (curve(0.01),), "c": (straight(100),)}
    one = candidate("one", 1, curves=curves)
    at = np.array([1.0, 2.0])
    assert half_widths(one, ["a", "b", "c"], at) == pytest.approx(
        [Z * 0.15, Z * 0.15 / math.sqrt(2)]
    )
    assert half_widths(one, ["c"], at) == pytest.approx([0.0, 0.0])


def test_the_step_of_the_counters() -> None:
    """Drawn: two CPUs whose counters are rounded down to hundredths at both ends of a second."""
    rng = np.random.default_rng(1)
    begin, used = rng.uniform(0, 100, (20_000, 2)), rng.uniform(0.2, 0.4, (20_000, 2))
    ticks = np.floor((begin + used) * 100) - np.floor(begin * 100)
    off = (ticks / 100 - used).mean(axis=1)
    assert counted(np.array([2.0]), np.array([1.0])) == pytest.approx(off.var(), rel=0.05)


def test_a_run_with_few_independent_moments_has_wider_bounds() -> None:
    """Student's t for 95 % is 2.571 with 5 degrees of freedom, and 4.303 with 2 or less."""
    at = np.array([1.0])
    assert PassingNoise(0.01, 1.0).half_widths(at) == pytest.approx([0.19600], abs=1e-5)
    assert PassingNoise(0.01, 1.0, 0.0, 5.0).half_widths(at) == pytest.approx([0.25706], abs=1e-5)
    assert PassingNoise(0.01, 1.0, 0.0, 0.1).half_widths(at) == pytest.approx([0.43027], abs=1e-5)


def test_a_run_has_as_many_independent_moments_as_its_noise_lets_it() -> None:
    run = [stretches([9, 10, 11] * 9, np.linspace(0, 20, 27).tolist())]
    found = of_stretches(run, 2.0)
    assert found is not None
    assert found.freedom == pytest.approx(20 / 2 / 2)
    short = of_stretches(run, None)
    assert short is not None
    assert short.freedom == 26


def test_how_far_it_reaches() -> None:
    down, up = reach(np.array([0.0, 0.5]), np.full(2, 0.1), np.full(2, (0.003 / Z) ** 2))
    assert down == pytest.approx([0.0, 0.0477], abs=1e-4)
    assert up == pytest.approx([0.003, 0.0527], abs=1e-4)


def noise_of(rng: np.random.Generator, count: int, deviation: float, memory: float) -> Floats:
    """Speed in slices that follow each other, around 1; (count,)."""
    kept = np.exp(-SLICE / memory)
    drawn = rng.normal(0, deviation, count)
    found = np.empty(count)
    last = drawn[0]
    for place, new in enumerate(drawn):
        last = last * kept + new * np.sqrt(1 - kept**2) if place else new
        found[place] = last
    return np.exp(found - deviation**2 / 2)


def measured(rng: np.random.Generator, name: str, deviation: float, memory: float) -> Candidate:
    """A machine of 100 units a second, as a run of 10 seconds found it."""
    speed = noise_of(rng, len(LEVELS) * ROUNDS * SLICES, deviation, memory)
    rates = speed.reshape(ROUNDS, len(LEVELS), SLICES) * (100 * LEVELS)[None, :, None]
    times = SLICE * (np.arange(rates.size) + 0.5).reshape(rates.shape)
    rounds = np.arange(ROUNDS * len(LEVELS)).reshape(ROUNDS, len(LEVELS), 1)
    groups = [
        Group(times[:, n].ravel(), rates[:, n].ravel(), np.repeat(rounds[:, n].ravel(), SLICES))
        for n in range(len(LEVELS))
    ]
    found = of_groups(groups)
    medians = [level.median for level in found.levels]
    length = np.full(ROUNDS, SLICE * SLICES)
    noise = of_stretches(
        [
            Stretches(times[:, n].mean(axis=1), length, rates[:, n].sum(axis=1) * SLICE)
            for n in range(len(LEVELS))
        ],
        found.correlation_seconds,
    )
    curve = WorkCurve(
        LEVELS,
        np.array([one.value for one in medians]),
        np.array([one.lower for one in medians]),
        np.array([one.upper for one in medians]),
        passing=lambda: noise,
    )
    return candidate(name, 1, curves={"rmw": (curve,)})


@pytest.mark.parametrize(
    ("deviation", "memory", "tick"),
    [
        pytest.param(0.03, 0.2, 1.0, id="short noise, ticks of a second"),
        pytest.param(0.06, 0.7, 1.0, id="noise as long as a tick"),
        pytest.param(0.06, 0.7, 5.0, id="longer ticks"),
        pytest.param(0.03, 2.0, 1.0, id="noise that lasts for two ticks"),
    ],
)
def test_intervals_of_ticks_hold(deviation: float, memory: float, tick: float) -> None:
    """Both machines do 100 units a second on average; each tick has the noise of its moment."""
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(60):
        source = measured(rng, "source", deviation, memory)
        other = measured(rng, "other", deviation, memory)
        busy = rng.uniform(0.05, 0.8, 20)
        found = Predictor([source, other], Wishes()).predict(
            usage(read(rng, busy, tick).tolist(), tick), source
        )
        band = found.busy_over_time(1)
        here, there = (
            np.array([noise_of(rng, round(tick / SLICE), deviation, memory).mean() for _ in busy])
            for _ in range(2)
        )
        done = busy * here / there
        inside.append((band.lower <= done) & (done <= band.upper))
    assert 0.90 <= np.mean(inside) <= 0.98


def read(rng: np.random.Generator, busy: Floats, tick: float) -> Floats:
    """Busy ratios as counters of two CPUs tell them, in hundredths of a second."""
    begin = rng.uniform(0, 100, (2, len(busy)))
    ticks = np.floor((begin + busy * tick) * 100) - np.floor(begin * 100)
    found: Floats = ticks.mean(axis=0) / 100 / tick
    return found
