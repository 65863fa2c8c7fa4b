"""What a fleet costs, what of it was idle, and how that changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reporter.analysis.observed import Observed
from reporter.analysis.rightsizing import judge
from reporter.analysis.rightsizing_advice import advise
from reporter.analysis.rightsizing_targets import offers
from reporter.analysis.rightsizing_totals import paid_hours, period, totals
from reporter.settings.rightsizing import SizingRules
from tests.reporter.sized import GIB, STEP, busy, demand, typed

RULES = SizingRules()
SMALL = typed("small", 1000.0, 0.1)
BIG = typed("big", 4000.0, 0.4, memory=16 * GIB)


def test_gaps_are_paid_for() -> None:
    times = np.array([1.0, 2.0, 9.0, 10.0]) * STEP
    assert paid_hours(Observed(times, np.full(4, STEP), np.zeros(4), STEP)) == 10


def test_money_of_a_period() -> None:
    # 10 h of $0.40 at 25 % busy, 5 h of $0.10 at 50 %; one has no price, one no CPU time.
    found = period(
        [
            (BIG, busy(0.2, 0.3, days=10 / 24)),
            (SMALL, busy(0.5, days=5 / 24)),
            (replace(BIG, name="c", price=None), busy(0.5, days=1)),
            (replace(BIG, name="d"), None),
        ]
    )
    assert found
    assert found.paid == pytest.approx(4.5)
    assert found.idle == pytest.approx(4 * 0.75 + 0.5 * 0.5)
    assert (found.hours, found.names) == (pytest.approx(15), {"big", "small"})
    assert found.busy == pytest.approx(1 - 3.25 / 4.5)
    assert found.idle_month == pytest.approx(730 * (0.4 * 0.75 + 0.1 * 0.5))


def test_a_period_of_which_nothing_is_known_is_none() -> None:
    assert period([]) is None
    assert period([(replace(BIG, price=None), busy(0.5))]) is None


def test_totals() -> None:
    every = offers([SMALL, BIG], {})
    needs = [
        demand(BIG, 0.1, 0.1),
        demand(replace(BIG, name="b"), 0.15, 0.1),
        demand(SMALL, 0.95, 0.4),
        demand(replace(SMALL, name="free", price=None), 0.5, 0.5),
    ]
    advices = [advise(judge(need, RULES), every, RULES) for need in needs]
    now = [(BIG, busy(0.1)), (SMALL, busy(0.95))]
    last = [(BIG, busy(0.3, days=7)), (replace(BIG, name="gone"), busy(0.3))]
    found = totals([need.machine for need in needs], advices, now, last)
    assert (found.machines, found.priced) == (4, 3)
    assert found.month == pytest.approx((0.4 + 0.4 + 0.1) * 730)
    assert found.saving == pytest.approx(2 * 219)
    assert found.saving_machines == 2
    assert found.extra == pytest.approx(219)
    assert found.by_several is None
    assert found.share == pytest.approx(438 / 657)
    assert {str(state): n for state, n in found.states.items()} == {
        "Overprovisioned": 2,
        "Underprovisioned": 1,
        "Optimized": 1,
    }
    assert found.last
    assert found.now_of_both
    # Only the machine of both: a week at $0.40 then, two now.
    assert found.last.paid == pytest.approx(0.4 * 168)
    assert found.now_of_both.paid == pytest.approx(0.4 * 336)
    assert found.now_of_both.names == {"big"}


def test_what_several_save_beyond_a_target() -> None:
    # 2,000 units: one M for $146, three S at $0.04 for $87.60; the L itself costs $292.
    cheap, medium = typed("cheap", 1000.0, 0.04), typed("medium", 2500.0, 0.2, memory=16 * GIB)
    need = demand(BIG, 0.5, 0.1)
    advice = advise(judge(need, RULES), offers([cheap, medium, BIG], {}), RULES)
    assert (advice.target and advice.target.offer.name) == "p medium"
    found = totals([BIG], [advice], [], [])
    assert found.saving == pytest.approx(146)
    assert found.by_several == pytest.approx(146 - 87.6)


def test_without_a_period_before_there_is_no_change() -> None:
    found = totals([], [], [(BIG, busy(0.1))], [])
    assert (found.last, found.now_of_both) == (None, None)
    assert (found.month, found.saving, found.extra) == (None, None, None)
