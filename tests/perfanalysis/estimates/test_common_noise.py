"""The filter against the same likelihood with whole matrices, and estimates of small made runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import student
from perfanalysis.estimates.common_noise import (
    APART,
    DRIFT_VARIANCE,
    DRIFTS,
    NO_LASTING_NOISE,
    SHARES,
    TIMES,
    Array,
    Group,
    Kind,
    fit,
)
from perfanalysis.estimates.level_spreads import relative_spreads
from perfanalysis.estimates.mixtures import half_widths
from perfanalysis.estimates.run_estimates import of_groups

POINTS = TIMES * len(SHARES) + 1


def made(levels: int = 3, passes: int = 4, slices: int = 3, seed: int = 1) -> list[Group]:
    """Slices of some levels that lie between each other, around 100, 200 ..."""
    random = np.random.default_rng(seed)
    found = []
    for level in range(levels):
        places = [p * levels + level for p in range(passes)]
        times = np.array([0.15 * place + 0.05 * i for place in places for i in range(slices)])
        rates = (
            100.0
            * (level + 1)
            * (1 + 0.02 * np.sin(3 * times) + 0.01 * random.normal(size=len(times)))
        )
        found.append(Group(times, rates, np.repeat(places, slices)))
    return found


def kind_of(groups: list[Group]) -> Kind:
    values = [group.rates / group.rates.mean() - 1 for group in groups]
    return Kind(values, np.array([1.0, 4.0, 0.25]))


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("drifts", [False, True])
@pytest.mark.parametrize("units", [None, np.array([1.0, 2.0, 0.5])])
def test_the_filter_gives_the_likelihood_of_whole_matrices(
    drifts: bool, apart: bool, units: Array | None
) -> None:
    groups = made()
    kind = kind_of(groups)
    if units is not None:
        values = [part / unit for part, unit in zip(kind.values, units, strict=True)]
        kind = Kind(values, kind.variances, units)
    found = fit(groups, [kind])[0]
    times = np.concatenate([group.times for group in groups])
    level = np.repeat(np.arange(3), 12)
    values = np.concatenate(kind.values)
    spread = kind.variances[level] / kind.variances[level].mean()
    means = (level[:, None] == np.arange(3)).astype(float)
    line = (times - times.mean()) / times.std()
    scales = np.ones(3) if units is None else units
    first = POINTS * (drifts + 2 * apart)
    weights = []
    for point in range(POINTS):
        share, seconds = found.shares[point], found.seconds[point]
        lags = np.abs(times[:, None] - times)
        lasting = np.exp(-lags / seconds) if seconds else np.eye(36)
        if apart:
            lasting = np.where(level[:, None] == level, lasting, 0.0)
        matrix = share * lasting + (1 - share) * np.diag(spread)
        of_means = means.T @ matrix @ means / 12**2
        assert found.variances[point] == pytest.approx(np.diag(of_means) * scales**2)
        if drifts:
            matrix = matrix + DRIFT_VARIANCE * np.outer(line, line)
        inverse = np.linalg.inv(matrix)
        inner = means.T @ inverse @ means
        rest = inverse - inverse @ means @ np.linalg.solve(inner, means.T @ inverse)
        squares = values @ rest @ values
        assert found.scale[point + first] == pytest.approx(squares / 33)
        logs = np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(inner)[1]
        times_of_share = 1 / np.sqrt(1 + np.unique(found.seconds)[1:])
        prior = (1 - NO_LASTING_NOISE) / len(SHARES) / np.sqrt(1 + seconds) / times_of_share.sum()
        prior = prior if seconds else NO_LASTING_NOISE
        weights.append(math.log(prior) - logs / 2 - 33 / 2 * math.log(squares))
    part = found.weights[first:][:POINTS]
    expected = np.exp(np.array(weights) - max(weights))
    assert part / part.sum() == pytest.approx(expected / expected.sum(), rel=1e-6)
    assert found.weights.sum() == pytest.approx(1.0)
    # Of all that the values say under all points, this is a part.
    of_drift = math.log(DRIFTS if drifts else 1 - DRIFTS)
    of_apart = math.log(APART if apart else 1 - APART)
    own = max(weights) + math.log(expected.sum()) + of_drift + of_apart
    # The density of the values themselves, of which each unit has one mean that is unknown.
    own -= 11 * np.log(scales).sum()
    assert own == pytest.approx(found.evidence + math.log(part.sum()), rel=1e-9)


def test_a_noise_of_each_level_s_own_is_told_from_one_that_all_share() -> None:
    random = np.random.default_rng(1)

    def wandering(times: Array) -> Array:
        lags = np.abs(times[:, None] - times)
        return np.linalg.cholesky(np.exp(-lags / 0.5) + 1e-9 * np.eye(len(times))) @ random.normal(
            size=len(times)
        )

    def apart(groups: list[Group]) -> float:
        """The probability that each level has its own."""
        values = [group.rates - 100 for group in groups]
        found = fit(groups, [Kind(values, np.ones(len(groups)))])[0]
        return float(found.weights[2 * POINTS :].sum())

    plain = made(6, 8)
    own = [Group(g.times, 100 + wandering(g.times), g.rounds) for g in plain]
    every = np.concatenate([g.times for g in plain])
    shared = np.split(wandering(every), len(plain))
    common = [Group(g.times, 100 + v, g.rounds) for g, v in zip(plain, shared, strict=True)]
    assert apart(own) > 0.99
    assert apart(common) < 0.01


def test_slices_of_a_round_are_put_together_in_long_runs() -> None:
    short, long = (fit(g, [kind_of(g)])[0] for g in (made(passes=40), made(passes=60)))
    assert short.df == 3 * 40 * 3 - 3
    # 540 slices: two of three in one step, the third alone.
    assert long.df == 3 * 60 * 2 - 3
    assert long.variance_ratios == pytest.approx(short.variance_ratios, rel=0.3)


def test_a_mixture_of_one_part_is_students_t() -> None:
    one = half_widths(np.array([1.0]), np.array([4.0]), np.array([[0.25, 1.0]]), 7)
    assert one == pytest.approx(
        [student.quantile(0.975, 7.0), 2 * student.quantile(0.975, 7.0)], rel=1e-3
    )
    both = half_widths(np.array([0.5, 0.5]), np.array([1.0, 9.0]), np.array([[1.0], [1.0]]), 1000)
    # All of the 2.5 % at each side is that of the wider part: 5 % of it, at 1.645 deviations.
    assert both[0] == pytest.approx(3 * 1.645, rel=0.01)


def test_estimates_are_the_mean_and_median_of_each_level() -> None:
    groups = made()
    found = of_groups(groups)
    for group, level in zip(groups, found.levels, strict=True):
        assert level.mean.value == pytest.approx(group.rates.mean())
        assert level.median.value == pytest.approx(np.median(group.rates))
        assert level.mean.lower < level.mean.value < level.mean.upper
        assert level.known
    assert found.seconds == pytest.approx(11 * 0.15 + 0.10)
    assert found.covered_seconds == pytest.approx(found.seconds / 3)
    assert of_groups(groups) == found


def test_rates_that_are_all_alike_have_no_width() -> None:
    groups = [Group(g.times, np.full(len(g.times), 100.0), g.rounds) for g in made()]
    for level in of_groups(groups).levels:
        assert (level.mean.lower, level.mean.upper) == pytest.approx((100.0, 100.0))
        assert (level.median.lower, level.median.upper) == pytest.approx((100.0, 100.0))


def test_an_interval_that_says_nothing_is_known_to() -> None:
    random = np.random.default_rng(1)
    groups = [Group(g.times, random.exponential(size=len(g.times)), g.rounds) for g in made(1, 2)]
    assert not of_groups(groups).levels[0].known


def test_a_level_has_its_own_spread_where_chance_does_not_explain_it() -> None:
    random = np.random.default_rng(1)
    spreads = np.array([0.01] * 8 + [0.05])
    groups = [
        Group(g.times, 100 * (1 + s * random.normal(size=len(g.times))), g.rounds)
        for g, s in zip(made(9, 7), spreads, strict=True)
    ]
    found = relative_spreads(groups)
    assert found[-1] > 3
    assert max(found[:-1]) < 1.5
    # Two rounds of three slices say nothing.
    assert (relative_spreads(made(3, 2)) == 1).all()
