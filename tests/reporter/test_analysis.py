"""Ranking, ratios, the verdict's sentences and remarks on the data, from data alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.analysis.comparison import max_units, ranked, ratio, units_per_dollar
from reporter.analysis.quality import missing_seconds, remarks, with_gaps
from reporter.analysis.verdict import verdict
from reporter.machines import Curve, Estimate, LoadTest, Machine

BUSY = np.array([50.0, 100.0])


def machine(name: str, most: float, price: float | None, spread: float = 0.01) -> Machine:
    units = np.array([most / 2, most])
    curve = Curve(BUSY, units, units * (1 - spread), units * (1 + spread), BUSY / 100, np.zeros(2))
    test = LoadTest("t", 1000.0, True, curve.at(100), most / 2, curve)
    worth = test.max.divided_by(price) if price and test.max else None
    return Machine(name, "aws", instance_type=name, price=price, test=test, units_per_dollar=worth)


SMALL, LARGE = machine("small", 300.0, 0.02), machine("large", 500.0, 0.05)
UNTESTED = Machine("untested")


def test_ranks_leave_out_what_is_unknown() -> None:
    every = [UNTESTED, LARGE, SMALL, machine("free", 900.0, None)]
    assert [m.name for m in ranked(every, units_per_dollar)] == ["small", "large"]
    assert [m.name for m in ranked(every, max_units)] == ["free", "large", "small"]


def test_the_verdict_names_the_best_with_bounds() -> None:
    money, speed, doubt = verdict([LARGE, SMALL])
    # 300 / 0.02 = 15,000 is half as much again as 500 / 0.05 = 10,000.
    assert money.startswith("small gives the most work for the money: 15,000 units per second")
    assert "50 % (47 to 53 %) more than large" in money
    assert "The fastest is large with 500.0 units per second, 2.00 times" in speed
    assert "is unknown, because no type was measured on more than one machine" in doubt


def test_intervals_that_overlap_give_no_winner() -> None:
    close = machine("close", 301.0, 0.02)
    money, speed, _ = verdict([SMALL, close])
    assert money.startswith("Which machine gives the most work for the money cannot be told")
    assert speed.startswith("Which machine is the fastest cannot be told")


def test_without_prices_and_with_a_spoiled_run() -> None:
    assert SMALL.test
    spoiled = replace(
        SMALL, price=None, units_per_dollar=None, test=replace(SMALL.test, valid=False)
    )
    sentences = verdict([spoiled])
    assert sentences[0].startswith("No machine's units per dollar are known")
    assert sentences[-1] == "The load test was disturbed on small: repeat it before deciding."


estimates = st.builds(
    lambda value, below, above: Estimate(value, value * (1 - below), value * (1 + above)),
    st.floats(0.1, 1e6),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
)


@given(estimates, estimates)
def test_a_ratio_holds_all_quotients_of_the_intervals(one: Estimate, other: Estimate) -> None:
    found = ratio(one, other)
    assert found
    assert found.lower <= found.value * (1 + 1e-12)
    assert found.value <= found.upper * (1 + 1e-12)
    overlap = one.lower <= other.upper and other.lower <= one.upper
    assert (
        found.certain != overlap
        or found.lower == pytest.approx(1)
        or found.upper == pytest.approx(1)
    )


def test_a_bound_at_zero_gives_no_ratio() -> None:
    assert ratio(Estimate(1, 0, 2), Estimate(1, 1, 1)) is None


def test_remarks_say_what_is_missing() -> None:
    assert remarks([UNTESTED], {}, 0, 60, 15) == [
        "untested: no load test in the range.",
        "untested: no price is known, so no units per dollar.",
        "untested: no CPU time in the range.",
    ]


def test_remarks_name_the_rule_that_gave_no_value() -> None:
    found = remarks([replace(SMALL, units_per_dollar=None)], {}, 0, 60, 15)
    assert any("perf:units_per_dollar:max has no value in the range" in text for text in found)
    assert not any("has no value" in text for text in remarks([SMALL], {}, 0, 60, 15))


def test_remarks_on_steal_and_on_a_level_that_was_missed() -> None:
    assert SMALL.test
    curve = replace(SMALL.test.curve, steal=np.array([0.0, 0.031]), reached=np.array([0.4, 1.0]))
    found = remarks([replace(SMALL, test=replace(SMALL.test, curve=curve))], {}, 0, 60, 15)
    assert "small: 3.1% of CPU time was stolen during the 100 % step." in found
    assert "small: 40% busy was reached where 50 % was asked." in found


@pytest.mark.parametrize(
    ("times", "missing"),
    [([], 60.0), ([0, 15, 30, 45, 60], 0.0), ([0, 15, 60], 30.0), ([0, 15, 30], 15.0)],
)
def test_missing_seconds(times: list[float], missing: float) -> None:
    assert missing_seconds(np.array(times, dtype=float), 0, 60, 15) == missing


def test_gaps_become_nan() -> None:
    times, values = with_gaps(np.array([0.0, 15, 60]), np.array([1.0, 2, 3]), 15)
    assert times.tolist() == [0, 15, 30, 60]
    assert np.isnan(values[2])
