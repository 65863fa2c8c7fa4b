from __future__ import annotations

import math

import pytest

from perfanalysis.estimates import ratios, student
from perfanalysis.estimates.ratios import MOST_RUNS, Rate, Ratio, RunSpread
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
    # That is what these two runs tell, and no verdict on the machines.
    assert (found.verdict, found.apart, found.basis) == ("cannot tell", True, "slices")
    assert (found.more, found.p_value) == (2, None)
    assert ratios.compare(second, first).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("known", "half", "df"),
    [
        # One machine: 1 % twice, and t(0.975, 4) = 2.776.
        ([RunSpread(1e-4, 4)], 2.776 * 0.01 * math.sqrt(2), 4.0),
        # Two machines: 1 % and 2 %; (1 + 4)^2 / (1 / 4 + 16 / 10) = 13.51, t = 2.1516.
        ([RunSpread(1e-4, 4), RunSpread(4e-4, 10)], 2.1516 * 0.01 * math.sqrt(5), 13.5135),
    ],
)
def test_a_known_spread_of_runs_carries_a_verdict(
    known: list[RunSpread], half: float, df: float
) -> None:
    found = ratios.compare(side(100), side(90), known=known)
    assert (found.basis, found.verdict) == ("known", "slower")
    assert found.df == pytest.approx(df, abs=1e-3)
    assert found.lower == pytest.approx(0.9 * math.exp(-half), abs=1e-5)
    assert found.upper == pytest.approx(0.9 * math.exp(half), abs=1e-5)
    near = ratios.compare(side(100), side(99), known=known)
    assert near.verdict == "cannot tell"
    assert near.more is not None
    # Where runs were repeated their own spread is taken.
    assert ratios.compare(side(100, 101), side(90, 91), known=known).basis == "runs"


def test_pairs_are_compared_by_their_differences() -> None:
    # Logarithms of the ratios: -0.02, -0.03, -0.01: mean -0.02, error 0.01 / sqrt(3), t 4.3027.
    first = [*side(100), *side(200), *side(400)]
    second = [
        *side(100 * math.exp(-0.02)),
        *side(200 * math.exp(-0.03)),
        *side(400 * math.exp(-0.01)),
    ]
    found = ratios.compare(first, second, paired=True)
    half = 4.3027 * 0.01 / math.sqrt(3)
    assert (found.basis, found.verdict, found.df) == ("pairs", "cannot tell", 2.0)
    assert found.lower == pytest.approx(math.exp(-0.02 - half), abs=1e-5)
    assert found.upper == pytest.approx(math.exp(-0.02 + half), abs=1e-5)
    # Five pairs show (2.776 + 0.941) / sqrt(5) = 1.66 deviations, four only 2.08: it takes 2 more.
    assert found.more == 2
    assert ratios.compare(first, second).basis == "machines"


def test_the_p_value_is_that_of_the_t_test() -> None:
    # t = 0.02 / (0.01 * sqrt(2 / 5)) = 3.1623 with df 8.
    found = Ratio(math.exp(0.02), 1.0, 1.1, "runs", error=0.01 * math.sqrt(2 / 5), df=8.0)
    assert found.p_value == pytest.approx(0.01334, abs=2e-5)
    assert Ratio(1.1, 1.1, 1.1, "runs", error=0.0, df=2.0).p_value == 0.0
    assert Ratio(1.0, 1.0, 1.0, "runs", error=0.0, df=2.0).p_value == 1.0


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
