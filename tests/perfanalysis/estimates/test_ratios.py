from __future__ import annotations

import math

import pytest

from perfanalysis.estimates import ratios, student
from perfanalysis.estimates.ratios import MOST_RUNS, Rate
from perfanalysis.estimates.statistics import Estimate


@pytest.mark.parametrize(
    ("probability", "df", "value"),
    [
        # The usual table.
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 5, 2.571),
        (0.975, 30, 2.042),
        (0.975, 1e6, 1.960),
        (0.8, 1, 1.376),
        (0.975, 1.3, 7.5005),
        (0.8, 1.3, 1.2163),
        (0.8, 10, 0.879),
        (0.5, 3, 0.0),
    ],
)
def test_quantiles_are_those_of_the_table(probability: float, df: float, value: float) -> None:
    assert student.quantile(probability, df) == pytest.approx(value, abs=6e-4)


def test_broken_degrees_of_freedom_lie_between() -> None:
    assert student.quantile(0.975, 3) < student.quantile(0.975, 2.5) < student.quantile(0.975, 2)


def side(*values: float) -> list[list[Rate]]:
    return [[Rate(value, None) for value in values]]


def one(value: float, lower: float, upper: float) -> list[list[Rate]]:
    return [[Rate(value, Estimate(value, lower, upper))]]


def test_two_runs_join_their_intervals() -> None:
    # Both reach 3 % and 4 % in logarithms: the difference reaches 5 %.
    first = one(100.0, 100 * math.exp(-0.03), 100 * math.exp(0.03))
    second = one(120.0, 120 * math.exp(-0.04), 120 * math.exp(0.04))
    found = ratios.compare(first, second)
    assert found.value == pytest.approx(1.2)
    assert found.lower == pytest.approx(1.2 * math.exp(-0.05))
    assert found.upper == pytest.approx(1.2 * math.exp(0.05))
    assert (found.verdict, found.basis, found.more) == ("faster", "slices", None)
    assert ratios.compare(second, first).verdict == "slower"


def test_runs_are_compared_by_welch() -> None:
    # scipy.stats.ttest_ind(numpy.log(b), numpy.log(a), equal_var=False).confidence_interval()
    found = ratios.compare(side(100, 102, 98), side(110, 113, 108, 111))
    assert found.lower == pytest.approx(1.06132907, abs=1e-6)
    assert found.upper == pytest.approx(1.15046844, abs=1e-6)
    assert found.verdict == "faster"


def test_several_machines_count_as_machines() -> None:
    first = [*side(100, 101), *side(120, 121)]
    found = ratios.compare(first, [*side(110, 111), *side(112, 113)])
    assert (found.basis, found.verdict) == ("machines", "cannot tell")
    assert ratios.mean(first) == pytest.approx(
        math.exp(sum(map(math.log, (100, 101, 120, 121))) / 4)
    )


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        (side(0.98, 1.02), side(0.99, 1.03), None),
        (side(1.0, 1.01), side(1.0, 1.01), MOST_RUNS + 1),
        (one(1.0, 0.97, 1.03), one(1.02, 0.98, 1.06), 12),
        (one(1.0, 0.97, 1.03), one(1.0, 0.97, 1.03), MOST_RUNS + 1),
    ],
)
def test_how_many_more_would_settle_it(
    first: list[list[Rate]], second: list[list[Rate]], more: int | None
) -> None:
    found = ratios.compare(first, second)
    assert found.verdict == "cannot tell"
    assert found.more is not None
    assert found.more >= 1
    if more is not None:
        assert found.more == more


def test_the_number_of_runs_is_that_of_the_t_test() -> None:
    # Cohen's table: half a deviation takes 64 of each at 5 %, two-sided, with a power of 80 %.
    assert ratios.runs_needed(0.01, 0.02) == 64


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (side(100), side(110)),
        (one(100, 0, 110), one(100, 90, 110)),
        (one(100, 90, 110), side(110)),
        (side(110), one(100, 90, 110)),
    ],
)
def test_without_intervals_nothing_is_told(
    first: list[list[Rate]], second: list[list[Rate]]
) -> None:
    found = ratios.compare(first, second)
    assert (found.lower, found.upper, found.more) == (None, None, None)
    assert found.verdict == "cannot tell"


def test_equal_runs_have_no_spread() -> None:
    found = ratios.compare(side(100, 100), side(110, 110))
    assert found.lower == pytest.approx(1.1)
    assert found.verdict == "faster"
