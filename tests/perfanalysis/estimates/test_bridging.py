"""Old rates in new units: what a bridge makes of intervals, and how often it is right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perfanalysis.estimates import bridging, ratios
from perfanalysis.estimates.bridging import Bridge
from perfanalysis.estimates.ratios import MOST_RUNS, Rate
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import spreads

DRAWS = 1000
LIMIT = 0.05 + 2 * math.sqrt(0.05 * 0.95 / DRAWS)
EXACT = Bridge(0.9, 0.0, 5.0)
# Half of its 95 % interval is 1 %, of the logarithm: t of 5 degrees of freedom is 2.5706.
ONE_PERCENT = Bridge(0.9, 0.01 / 2.5705818, 5.0)


def test_turns_are_pairs() -> None:
    # What both have in common, such as a neighbour, cancels out.
    found = bridging.of_turns([100.0, 50.0, 80.0], [90.0, 45.0, 72.0])
    assert found.value == pytest.approx(0.9)
    assert (found.error, found.df) == (pytest.approx(0, abs=1e-12), 2)


def test_a_rate_in_the_new_unit() -> None:
    rate = Estimate(1000.0, 1000.0 * math.exp(-0.01), 1000.0 * math.exp(0.02))
    exact = bridging.expressed(rate, EXACT)
    assert exact.value == pytest.approx(900)
    assert exact.lower == pytest.approx(0.9 * rate.lower)
    doubted = bridging.expressed(rate, ONE_PERCENT)
    assert math.log(900 / doubted.lower) == pytest.approx(math.hypot(0.01, 0.01))
    assert math.log(doubted.upper / 900) == pytest.approx(math.hypot(0.02, 0.01))


def test_a_ratio_is_no_better_known_than_its_bridge() -> None:
    side = [[Rate(v, None) for v in (999.0, 1000.0, 1001.0)]]
    other = [[Rate(v, None) for v in (994.0, 995.0, 996.0)]]
    plain = ratios.compare(side, other)
    assert plain.verdict == "slower"
    assert bridging.widened(plain, EXACT).verdict == "slower"
    doubted = bridging.widened(plain, ONE_PERCENT)
    assert doubted.verdict == "cannot tell"
    assert doubted.more == MOST_RUNS + 1
    assert doubted.error == pytest.approx(math.hypot(plain.error or 0, ONE_PERCENT.error))
    unknown = ratios.compare([[Rate(1.0, None)]], [[Rate(1.1, None)]])
    assert bridging.widened(unknown, ONE_PERCENT) is unknown


def test_the_two_runs_of_a_bridge_keep_their_basis() -> None:
    one, other = Rate(1.0, Estimate(1.0, 0.99, 1.01)), Rate(1.1, Estimate(1.1, 1.09, 1.11))
    plain = ratios.compare([[one]], [[other]])
    doubted = bridging.widened(plain, ONE_PERCENT)
    assert (doubted.basis, doubted.verdict) == ("slices", "cannot tell")
    assert doubted.lower is not None
    assert plain.lower is not None
    assert doubted.lower < plain.lower


@pytest.mark.parametrize(("turns", "runs"), [(3, 3), (12, 2), (12, 5), (30, 5)])
def test_machines_that_do_the_same_are_told_apart_in_five_of_a_hundred(
    turns: int, runs: int
) -> None:
    """Runs of the old version, bridged, beside runs of the new one; all vary by 1 %."""
    random = np.random.default_rng(20261124)

    def drawn(truth: float, count: int) -> list[float]:
        return [float(v) for v in truth * np.exp(0.01 * random.standard_normal(count))]

    wrong = unwidened = 0
    for _ in range(DRAWS):
        bridge = bridging.of_turns(drawn(1000.0, turns), drawn(800.0, turns))
        old = [[Rate(bridge.value * v, None) for v in drawn(1000.0, runs)]]
        new = [[Rate(v, None) for v in drawn(800.0, runs)]]
        plain = ratios.compare(old, new)
        unwidened += plain.verdict != "cannot tell"
        wrong += bridging.widened(plain, bridge).verdict != "cannot tell"
    assert wrong / DRAWS <= LIMIT
    assert unwidened > wrong


def test_spreads_hold_what_a_bridge_may_be_off_by() -> None:
    rates = [[1000.0, 1005.0, 1001.0, 996.0], [1010.0, 1015.0, 1011.0, 1006.0]]
    crossed = [[True, True, False, False], [True, True, True, True]]
    plain = spreads(rates)
    assert spreads(rates, EXACT, crossed) == plain
    doubted = spreads(rates, ONE_PERCENT, crossed)
    for one, other in ((plain.within, doubted.within), (plain.rate, doubted.rate)):
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert other.value == one.value
        assert other.upper - other.lower > 1.05 * (one.upper - one.lower)
    # Where all of them crossed it, no difference is one of the bridge.
    whole = spreads(rates, ONE_PERCENT, [[True] * 4] * 2)
    assert whole.within is not None
    assert plain.within is not None
    assert whole.within.upper == pytest.approx(plain.within.upper)
