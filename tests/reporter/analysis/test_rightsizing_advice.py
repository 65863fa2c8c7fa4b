"""What to do about a machine's size, what it saves, and at what risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.analysis.rightsizing import ResourceUse, SizeDemand, judge
from reporter.analysis.rightsizing_advice import Advice, advise, by_saving
from reporter.analysis.rightsizing_targets import offers, targets
from reporter.asking.machines import Curve, LoadTest, Machine
from reporter.settings.rightsizing import SizingRules
from tests.reporter.sized import GIB, busy, demand, typed, untested
from workload.prediction.findings import MachineResource

RULES = SizingRules()
SMALL = typed("small", 1000.0, 0.1, spread=0.01)
MEDIUM = typed("medium", 2000.0, 0.2, spread=0.01)
BIG = typed("big", 4000.0, 0.4, memory=16 * GIB, spread=0.01)
FLEET = [SMALL, MEDIUM, BIG]


def advice(
    need: SizeDemand, fleet: Sequence[Machine] = FLEET, rules: SizingRules = RULES
) -> Advice:
    return advise(judge(need, rules), offers(fleet, {}), rules)


def test_a_machine_that_is_too_large_gets_the_cheapest_that_carries_its_work() -> None:
    found = advice(demand(BIG, 0.15, 0.2))
    assert found.target
    assert (found.target.offer.name, found.target.count) == ("p small", 1)
    assert (found.month, found.target.month) == (pytest.approx(292), pytest.approx(73))
    assert (found.saving, found.share) == (pytest.approx(219), pytest.approx(0.75))
    assert (found.extra, found.several, found.why_none) == (None, None, None)


def test_a_machine_that_is_too_small_gets_what_carries_it_and_says_what_it_costs() -> None:
    # 1,900 units: one big, or three small for less.
    found = advice(demand(MEDIUM, 0.95, 0.4))
    assert found.target
    assert found.several
    assert found.target.offer.name == "p big"
    assert (found.saving, found.extra) == (None, pytest.approx(146))
    assert (found.several.offer.name, found.several.count) == ("p small", 3)
    assert found.several.month == pytest.approx(219)
    # Three cost more than the machine that is too small.
    assert found.saving_of_several is None


def test_several_of_another_type_where_they_cost_less() -> None:
    cheap = typed("cheap", 1000.0, 0.05, spread=0.01)
    found = advice(demand(BIG, 0.5, 0.3), [BIG, cheap])
    assert found.target is None
    assert found.several
    # 2,000 over 800 is 2.5, to 1.4 %.
    assert (found.several.count, found.several.least) == (3, 3)
    assert found.saving_of_several == pytest.approx(292 - 3 * 36.5)
    assert found.risk_of_several
    assert "WorkMustBeSplit" in found.risk_of_several.basis


@pytest.mark.parametrize(
    ("need", "fleet", "why"),
    [
        (demand(untested(BIG), 0.1, 0.1), FLEET, "NoLoadTest"),
        (demand(replace(BIG, price=None), 0.1, 0.1), FLEET, "NoPrice"),
        (demand(BIG, 0.1, 0.1), [BIG], "NoOtherTypeMeasured"),
        (demand(BIG, 0.1, 0.1), [replace(SMALL, region="x")], "NoOtherTypeMeasured"),
        (demand(BIG, 0.9, 0.9), [SMALL], "NoneSurelyCarriesTheWork"),
        (demand(SMALL, 0.5, 0.5), FLEET, "NoneIsCheaper"),
        (
            demand(BIG, 0.1, 0.1, [(MachineResource.DISK, ResourceUse(0.99))]),
            FLEET,
            "DisksOfOtherTypesUnknown",
        ),
    ],
)
def test_why_there_is_no_target(need: SizeDemand, fleet: list[Machine], why: str) -> None:
    found = advice(need, fleet)
    assert (found.target, found.why_none) == (None, why)
    assert (found.saving, found.extra, found.risk) == (None, None, None)


def test_without_a_finding_there_is_no_advice() -> None:
    found = advice(demand(BIG, 0.1, 0.1, days=1))
    assert (found.target, found.several, found.why_none) == (None, None, None)


def test_a_full_file_system_does_not_keep_a_machine_too_large() -> None:
    found = advice(
        demand(BIG, 0.15, 0.2, [(MachineResource.FILE_SYSTEM, ResourceUse(0.95, None, "/"))])
    )
    assert found.finding.state == "Underprovisioned"
    assert found.saving == pytest.approx(219)


@pytest.mark.parametrize(
    ("need", "level", "basis"),
    [
        (demand(BIG, 0.15, 0.2), "Medium", {"OneRunOfEach"}),
        (demand(BIG, 0.15, 0.2, days=7), "Medium", {"OneRunOfEach", "LessDataThanLookBack"}),
        (
            demand(replace(BIG, architecture="aarch64"), 0.15, 0.2),
            "Medium",
            {"OneRunOfEach", "OtherArchitecture"},
        ),
        (
            SizeDemand(
                MEDIUM,
                busy(1.0, 0.9),
                {
                    MachineResource.CPU: ResourceUse(1.0),
                    MachineResource.MEMORY: ResourceUse(0.4, 3e9),
                },
            ),
            "High",
            {"OneRunOfEach", "MachineWasFull"},
        ),
        # Of 50 hours one asks for 4,000: four times what the target can do.
        (
            SizeDemand(
                BIG,
                busy(1.0, *[0.15] * 49),
                {
                    MachineResource.CPU: ResourceUse(0.15),
                    MachineResource.MEMORY: ResourceUse(0.2, 3.2 * GIB),
                },
            ),
            "High",
            {"OneRunOfEach", "TargetWouldBeFull", "MachineWasFull"},
        ),
    ],
)
def test_the_risk_says_what_it_is_made_of(need: SizeDemand, level: str, basis: set[str]) -> None:
    found = advice(need)
    assert found.risk
    always = {"NetworkUnknown", "DisksUnknown"}
    assert (found.risk.level, {*found.risk.basis}) == (level, basis | always)


def test_a_type_never_takes_its_own_place_alone() -> None:
    # Of one of its kind it is dearer, and of another its link is slower.
    every = [typed(name, 1000.0, price, kind="t") for name, price in (("a", 0.1), ("b", 0.2))]
    use = [(MachineResource.NETWORK, ResourceUse(0.9, 9e8, "eth0"))]
    found = advise(
        judge(demand(every[0], 0.5, 0.5, use), RULES), offers(every, {"a": 2e9, "b": 2e9}), RULES
    )
    assert (found.finding.state, found.target) == ("Underprovisioned", None)


def test_by_the_lower_bound_a_target_is_full_sooner() -> None:
    # 992 of 1,000, which surely are only 986.
    need = SizeDemand(
        BIG,
        busy(0.248, *[0.15] * 99),
        {
            MachineResource.CPU: ResourceUse(0.15),
            MachineResource.MEMORY: ResourceUse(0.2, 3.2 * GIB),
        },
    )
    found = advice(need)
    assert found.risk
    assert found.risk.full == pytest.approx(4 / 336)


def test_how_long_the_target_would_have_been_full() -> None:
    need = SizeDemand(
        BIG,
        busy(0.5, *[0.15] * 99),
        {
            MachineResource.CPU: ResourceUse(0.15),
            MachineResource.MEMORY: ResourceUse(0.2, 3.2 * GIB),
        },
    )
    found = advice(need)
    assert found.risk
    # Of 336 hours, the 1st, 101st, 201st and 301st.
    assert found.risk.full == pytest.approx(4 / 336)


def test_the_greatest_saving_comes_first_then_what_is_too_small() -> None:
    every = [
        advice(demand(replace(SMALL, name="fine"), 0.5, 0.5)),
        advice(demand(replace(SMALL, name="unknown"), 0.5, 0.5, days=1)),
        advice(demand(replace(SMALL, name="full"), 0.95, 0.5)),
        advice(demand(replace(MEDIUM, name="some"), 0.2, 0.2)),
        advice(demand(replace(BIG, name="most"), 0.1, 0.2)),
    ]
    assert [one.machine.name for one in by_saving(every)] == [
        "most",
        "some",
        "full",
        "fine",
        "unknown",
    ]


SHARES = st.floats(0.0, 1.0)


@st.composite
def fleets(draw: st.DrawFn) -> list[Machine]:
    """Types with curves that rise and are bent, intervals, prices and memory."""
    found = []
    for i in range(draw(st.integers(1, 6))):
        steps = draw(st.lists(st.floats(1.0, 1000.0), min_size=4, max_size=4))
        units = np.cumsum(steps)
        spread = draw(st.floats(0.0, 0.2))
        busy_levels = np.array([25.0, 50.0, 75.0, 100.0])
        bounds = units * (1 - spread), units * (1 + spread)
        curve = Curve(busy_levels, units, *bounds, busy_levels / 100, np.zeros(4))
        test = LoadTest("t", 1.0, True, curve.at(100), None, curve)
        price = draw(st.floats(0.01, 10.0))
        memory = draw(st.sampled_from([4, 8, 16, 32])) * GIB
        found.append(
            Machine(
                f"m{i}",
                "p",
                "r",
                instance_type=f"t{i}",
                price=price,
                test=test,
                memory_bytes=memory,
            )
        )
    return found


def test_a_burstable_target_says_so() -> None:
    lent = typed("lent", 1000.0, 0.02, kind="t3.medium", spread=0.01)
    found = advice(demand(BIG, 0.04, 0.2), [BIG, lent])
    assert found.target
    assert found.risk
    assert "BurstableType" in found.risk.basis


@given(fleets(), SHARES, SHARES, SHARES, st.floats(0, 30))
def test_more_demand_never_has_a_smaller_target(
    fleet: list[Machine], one: float, other: float, memory: float, headroom: float
) -> None:
    rules = SizingRules(headroom_percent=headroom)
    less, more = sorted((one, other))
    carrying = []
    for cpu, used in ((less, memory / 2), (more, memory)):
        every = offers(fleet, {})
        found = targets(demand(fleet[0], cpu, used), every, rules.limit)
        carrying.append({target.offer.name: target for target in found})
    # What carries more carries less, too, with no more machines and for no more money.
    assert carrying[1].keys() <= carrying[0].keys()
    for name, target in carrying[1].items():
        assert target.count >= carrying[0][name].count
        assert target.month >= carrying[0][name].month


@given(fleets(), SHARES, SHARES, st.floats(0, 30), st.sampled_from([90.0, 99.5]))
def test_a_recommended_target_never_costs_more_unless_the_machine_is_too_small(
    fleet: list[Machine], cpu: float, memory: float, headroom: float, percentile: float
) -> None:
    rules = SizingRules(percentile, headroom)
    found = advice(demand(fleet[0], cpu, memory), fleet, rules)
    assert found.saving is None or found.saving > 0
    assert found.saving_of_several is None or found.saving_of_several > 0
    if found.finding.state != "Underprovisioned":
        assert found.extra is None
        if found.target and found.month:
            assert found.target.month < found.month
    if found.target:
        # It leaves the headroom, of CPUs and of memory.
        assert found.target.busy <= rules.limit + 1e-6
        assert found.target.memory is None or found.target.memory <= rules.limit + 1e-6
        assert found.target.offer.machine.name != fleet[0].name
    if found.several:
        assert found.several.count > 1
        assert found.several.least <= found.several.count
