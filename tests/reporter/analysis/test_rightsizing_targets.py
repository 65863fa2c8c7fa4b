"""Which measured types would carry a machine's work, how many of them, and for how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reporter.analysis.rightsizing import ResourceUse
from reporter.analysis.rightsizing_targets import need_of, offers, targets
from reporter.asking.machines import Machine
from tests.reporter.sized import GIB, busy, demand, typed, untested
from workload.prediction.findings import MachineResource

LIMIT = 0.8
BIG = typed("big", 4000.0, 0.4, memory=16 * GIB)
SMALL = typed("small", 1000.0, 0.1)
# Kernel version, profile, and whether the run had the whole machine.
Ran = tuple[str, str, bool | None]


def with_test(machine: Machine, **changes: object) -> Machine:
    assert machine.test
    return replace(machine, test=replace(machine.test, **changes))  # type: ignore[arg-type]


def ran(machine: Machine, run: Ran) -> Machine:
    version, profile, full = run
    return with_test(machine, kernel_version=version, profile=profile, full=full)


def test_a_type_is_its_slowest_smallest_and_dearest_machine() -> None:
    every = [
        typed("a", 1000.0, 0.10, kind="t", memory=8 * GIB),
        typed("b", 900.0, 0.12, kind="t", memory=8 * GIB),
        typed("c", 1100.0, 0.11, kind="t", memory=7 * GIB),
    ]
    (offer,) = offers(every, {"a": 1e9, "b": 2e9})
    assert (offer.name, offer.machine.name, offer.measured) == ("p t", "b", 3)
    assert (offer.price, offer.memory, offer.network) == (0.12, 7 * GIB, 1e9)


@pytest.mark.parametrize(
    "machine",
    [
        untested(SMALL),
        replace(SMALL, price=None),
        with_test(SMALL, valid=False),
        with_test(SMALL, full=False),
    ],
    ids=["untested", "no price", "disturbed", "a part of the machine"],
)
def test_what_cannot_speak_for_a_type_is_no_offer(machine: Machine) -> None:
    assert offers([machine], {}) == []


def test_machines_without_a_type_stand_for_themselves() -> None:
    every = [replace(typed(name, 1000.0, 0.1), instance_type="") for name in ("a", "b")]
    assert [offer.name for offer in offers(every, {})] == ["a", "b"]


@pytest.mark.parametrize(
    ("cpu", "memory", "count", "month"),
    [
        # 4,000 at 20 % are 800: what one small does at 80 %.
        (0.20, 0.1, 1, 73.0),
        (0.21, 0.1, 2, 146.0),
        (1.00, 0.1, 5, 365.0),
        # 8 GiB of its 16 are in use, and one small may have 6.4.
        (0.20, 0.5, 2, 146.0),
        (0.0, 0.1, 1, 73.0),
    ],
)
def test_how_many_carry_the_work(cpu: float, memory: float, count: int, month: float) -> None:
    (small,) = targets(demand(BIG, cpu, memory), offers([SMALL], {}), LIMIT)
    assert (small.count, small.least) == (count, count)
    assert small.month == pytest.approx(month)
    assert small.busy == pytest.approx(cpu * 4 / count)
    assert small.memory == pytest.approx(memory * 2 / count)


def test_the_curves_of_both_carry_the_work() -> None:
    # Half busy, it does 70 % of 1,000; the other at 80 % 0.5 + 0.3 of 2,000 by a straight line.
    threads, cores = typed("threads", 1000.0, 0.1, half=0.7), typed("cores", 2000.0, 0.1)
    need = need_of(threads, 0.5, cores, LIMIT)
    assert need
    assert need.value == pytest.approx(700 / 1600)
    (one,) = targets(demand(threads, 0.5, 0.1), offers([cores], {}), LIMIT)
    assert one.busy == pytest.approx(700 / 2000)


def test_the_whole_interval_has_to_carry() -> None:
    # 780 of 800 are 0.975, to 3 % on both sides: 0.975 times exp(hypot(log 1.03, log 1/0.97)).
    big, small = typed("big", 4000.0, 0.4, spread=0.03), typed("small", 1000.0, 0.1, spread=0.03)
    (found,) = targets(demand(big, 0.195, 0.1), offers([small], {}), LIMIT)
    assert found.need
    assert found.need.value == pytest.approx(0.975)
    half = float(np.hypot(np.log(1.03), np.log(1 / 0.97)))
    assert found.need.upper == pytest.approx(0.975 * np.exp(half))
    assert (found.least, found.count) == (1, 2)
    assert found.need.basis == "slices"


def test_earlier_runs_make_the_interval_where_both_have_them() -> None:
    runs = {"1": 990.0, "2": 1010.0, "3": 1000.0}
    big = with_test(typed("big", 4000.0, 0.4, spread=0.03), earlier=runs)
    small = with_test(typed("small", 1000.0, 0.1, spread=0.03), earlier=runs)
    need = need_of(big, 0.195, small, LIMIT)
    assert need
    assert need.basis == "known"
    plain = need_of(big, 0.195, typed("small", 1000.0, 0.1, spread=0.03), LIMIT)
    assert plain
    assert plain.basis == "slices"


def test_without_an_interval_the_ratio_is_all_there_is() -> None:
    assert SMALL.test
    nothing = np.full(2, np.nan)
    small = with_test(SMALL, curve=replace(SMALL.test.curve, lower=nothing, upper=nothing))
    need = need_of(BIG, 0.2, small, LIMIT)
    assert need
    assert (need.lower, need.upper) == (None, None)


@pytest.mark.parametrize(
    ("change", "there"),
    [
        ({}, True),
        ({"provider": "q"}, False),
        ({"region": "elsewhere"}, False),
        ({"region": ""}, False),
        ({"architecture": "aarch64"}, True),
    ],
)
def test_targets_are_of_the_same_provider_and_region(change: dict[str, str], there: bool) -> None:
    every = offers([replace(SMALL, **change)], {})  # type: ignore[arg-type]
    assert bool(targets(demand(BIG, 0.1, 0.1), every, LIMIT)) is there


@pytest.mark.parametrize(
    ("own", "other", "there"),
    [(8 * GIB, 8 * GIB, True), (8 * GIB, 7 * GIB, False), (None, 8 * GIB, False)],
)
def test_where_memory_in_use_is_unknown_a_target_has_as_much(
    own: float | None, other: float, there: bool
) -> None:
    machine = typed("own", 1000.0, 0.4, memory=own)
    every = offers([typed("other", 1000.0, 0.1, memory=other)], {})
    assert bool(targets(demand(machine, 0.1), every, LIMIT)) is there


@pytest.mark.parametrize(("link", "count"), [(None, 1), (1e9, 1), (4e8, 2)])
def test_a_link_has_to_carry_too(link: float | None, count: int) -> None:
    use = [(MachineResource.NETWORK, ResourceUse(0.5, 5e8, "eth0"))]
    links = {} if link is None else {"small": link}
    (found,) = targets(demand(BIG, 0.1, 0.1, use), offers([SMALL], links), LIMIT)
    assert found.count == count
    assert found.network == (None if link is None else pytest.approx(5e8 / link / count))


@pytest.mark.parametrize(
    ("own", "other", "there"),
    [
        (("5", "full", True), ("5", "full", True), True),
        (("5", "full", True), ("4", "full", True), False),
        (("5", "full", True), ("5", "quick", True), False),
        (("5", "full", True), ("", "", True), False),
        # Whether it had the whole machine is not told.
        (("5", "full", True), ("5", "full", None), False),
        (("", "", None), ("", "", None), True),
    ],
)
def test_load_tests_of_other_conditions_are_never_held_against_each_other(
    own: Ran, other: Ran, there: bool
) -> None:
    every = offers([ran(SMALL, other)], {})
    assert bool(targets(demand(ran(BIG, own), 0.1, 0.1), every, LIMIT)) is there


@pytest.mark.parametrize(("link", "there"), [(None, False), (1e9, False), (2e9, True)])
def test_a_link_that_is_too_small_asks_for_one_that_is_known(
    link: float | None, there: bool
) -> None:
    use = [(MachineResource.NETWORK, ResourceUse(0.9, 9e8, "eth0"))]
    links = {} if link is None else {"small": link}
    found = targets(demand(BIG, 0.1, 0.1, use), offers([SMALL], links), LIMIT)
    assert [one.count for one in found if one.count == 1] == ([1] if there else [])


def test_machines_of_a_type_under_two_conditions_are_two_offers() -> None:
    every = [typed("a", 1000.0, 0.1, kind="t"), typed("b", 900.0, 0.1, kind="t")]
    runs: list[Ran] = [("5", "full", True), ("4", "full", True)]
    found = offers([ran(*pair) for pair in zip(every, runs, strict=True)], {})
    assert [offer.machine.name for offer in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("cpu", "shares", "count"),
    [
        # 200 in the mean are what a fifth of it does for good; peaks go beyond.
        (0.2, (0.05,), 1),
        (0.2, (0.06,), 2),
        # The whole limit at the percentile still counts.
        (0.3, (0.05,), 2),
    ],
)
def test_a_burstable_type_carries_the_mean_for_good(
    cpu: float, shares: tuple[float, ...], count: int
) -> None:
    lent = typed("lent", 1000.0, 0.1, kind="t3.medium")
    need = replace(demand(BIG, cpu, 0.1), busy=busy(*shares))
    (found,) = targets(need, offers([lent], {}), LIMIT)
    assert found.offer.lasting == 0.2
    assert found.count == count


def test_no_more_than_32_stand_for_one() -> None:
    tiny = offers([typed("tiny", 10.0, 0.001, memory=16 * GIB)], {})
    assert targets(demand(BIG, 0.06, 0.1), tiny, LIMIT)[0].count == 30
    assert targets(demand(BIG, 0.07, 0.1), tiny, LIMIT) == []


def test_without_a_load_test_of_its_own_there_is_no_target() -> None:
    assert targets(demand(untested(BIG), 0.1, 0.1), offers([SMALL], {}), LIMIT) == []
