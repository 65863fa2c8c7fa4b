from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workload.planning.small_cases import at_random
from workload.planning.demand import (
    MILLION,
    JointDemand,
    OfferedMachine,
    PackingRules,
    SpreadGroup,
)
from workload.planning.joint_spare import cheapest_with_spare
from workload.planning.planning import MachinePlan, make_plan
from workload.planning.problem import PackedMachine, cost, faults
from workload.planning.solving import SolvedPacking, solve
from workload.planning.spare import moves_after, with_spare
from workload.planning.stating import NoPlanError, stated

STEPS = 12


def asked(amounts: list[list[float]], resource: str = "cpu") -> JointDemand:
    """Of one resource; workloads are a, b, c ..."""
    names = tuple("abcdefghij"[: len(amounts)])
    values = np.array(amounts, dtype=float)
    return JointDemand(names, (resource,), np.arange(float(values.shape[1])), values[:, None])


def kind(name: str, price: str, cpu: float, most: int | None = None) -> OfferedMachine:
    return OfferedMachine(name, Decimal(price), {"cpu": cpu}, most)


def planned(
    demand: JointDemand, kinds: list[OfferedMachine], rules: PackingRules | None = None
) -> MachinePlan:
    return make_plan(demand, kinds, rules or PackingRules(), 2, steps=STEPS)


def together(plan: MachinePlan) -> list[tuple[str, ...]]:
    return sorted(machine.workloads for machine in plan.machines)


def test_joint_peaks_count_and_not_the_sum_of_maxima() -> None:
    plan = planned(asked([[8, 1], [1, 8]]), [kind("small", "0.10", 10)])

    assert together(plan) == [("a", "b")]
    assert plan.machines[0].peaks == {"cpu": (0.9, 0.0)}
    assert (plan.cost, plan.bound, plan.gap) == (Decimal("0.10"), Decimal("0.1"), 0)
    assert plan.first_fit == Decimal("0.1")
    assert plan.whole


def test_workloads_kept_apart() -> None:
    demand = asked([[1], [1], [1]])
    apart = PackingRules((SpreadGroup(("a", "b")),))

    plan = planned(demand, [kind("small", "1", 10)], apart)

    assert len(plan.machines) == 2
    assert not any({"a", "b"} <= set(machine.workloads) for machine in plan.machines)
    assert plan.gap == 0


def test_spread_groups_and_most_per_machine() -> None:
    demand = asked([[1]] * 6)
    two = PackingRules((SpreadGroup(tuple("abcdef"), 2),))

    assert len(planned(demand, [kind("small", "1", 10)], two).machines) == 3
    most = PackingRules(most_per_machine=4)
    assert len(planned(demand, [kind("small", "1", 10)], most).machines) == 2


def test_an_unknown_step_counts_as_the_highest_known() -> None:
    demand = asked([[6, np.nan], [1, 5]])

    assert len(planned(demand, [kind("small", "1", 10)]).machines) == 2


def test_an_unknown_limit_does_not_limit() -> None:
    demand = JointDemand(
        ("a", "b"), ("cpu", "disk"), np.zeros(1), np.array([[[1.0], [9.0]], [[1.0], [9.0]]])
    )
    limited = OfferedMachine("limited", Decimal("0.5"), {"cpu": 10, "disk": 10})
    unlimited = OfferedMachine("unlimited", Decimal("0.6"), {"cpu": 10})

    plan = planned(demand, [limited, unlimited])

    assert [machine.kind.name for machine in plan.machines] == ["unlimited"]
    assert "disk" not in plan.machines[0].peaks


def test_spare_by_room_on_the_others() -> None:
    demand = asked([[4], [4]])
    rules = PackingRules((SpreadGroup(("a", "b")),), spare=True)

    plan = planned(demand, [kind("small", "1", 10)], rules)

    # They may not share a machine, so that each needs an empty one to move to.
    assert [machine.workloads for machine in plan.machines][-1] == ()
    assert len(plan.machines) == 3
    assert {tuple((machine.moves or {}).values()) for machine in plan.machines[:2]} == {
        ("small #3",)
    }
    without = PackingRules(most_per_machine=2, spare=True)
    # Each of two machines that are not full takes the other's work.
    two = planned(asked([[4], [4], [4]]), [kind("small", "1", 12)], without)
    assert len(two.machines) == 3


def test_spare_on_machines_that_are_not_full_costs_nothing() -> None:
    demand = asked([[4, 0], [0, 4]])
    plan = planned(
        demand,
        [kind("small", "1", 4), kind("large", "1.5", 8)],
        PackingRules(most_per_machine=2, spare=True),
    )

    assert plan.cost == 2
    assert plan.bound == 2
    assert all(machine.moves is not None for machine in plan.machines)


def test_room_for_a_failure_is_part_of_what_is_chosen() -> None:
    # Ten of 9: one large machine is the cheapest, 10 against 12; with room for its failure it costs
    # 20, and ten small ones and an empty one 13.2.
    demand, kinds = asked([[9]] * 10), [kind("small", "1.2", 10), kind("large", "10", 100)]

    assert planned(demand, kinds).cost == 10
    assert planned(demand, kinds, PackingRules(spare=True)).cost == Decimal("13.2")


def test_a_machine_that_the_spare_room_holds_is_given_up() -> None:
    # As packed, with its spare: 4 and 4 on two large ones and one empty; 1 on a small one.
    problem = stated(
        asked([[6], [6], [1]]),
        [kind("large", "3", 10), kind("small", "1", 1)],
        PackingRules(spare=True),
    )
    packing = (PackedMachine(0, (0,)), PackedMachine(0, (1,)), PackedMachine(1, (2,)))
    solved = SolvedPacking(packing, 0, None, True)

    found = cheapest_with_spare(problem, solved, 10, lambda _: None, STEPS).packing

    assert found is not None
    assert cost(problem, found) == 9 * MILLION
    assert all(moves_after(problem, found, failed) is not None for failed in range(len(found)))


@pytest.mark.parametrize(
    ("demand", "kinds", "said"),
    [
        (asked([[1], [30]]), [kind("small", "1", 10)], "b: fits no candidate: cpu 30, at most 10"),
        (
            asked([[1]]),
            [OfferedMachine("arm", Decimal(1), {"cpu": 10}, unfit=frozenset("a"))],
            "a: no candidate may run it: all are of another architecture",
        ),
        (asked([[6], [6], [6]]), [kind("small", "1", 10, 2)], "no plan was found with so few"),
    ],
)
def test_what_has_no_plan(demand: JointDemand, kinds: list[OfferedMachine], said: str) -> None:
    with pytest.raises(NoPlanError, match=said):
        planned(demand, kinds)


def test_too_few_for_a_failure() -> None:
    rules = PackingRules(spare=True)
    with pytest.raises(NoPlanError, match="room for a machine's failure"):
        planned(asked([[6], [6]]), [kind("small", "1", 10, 2)], rules)


def test_prices_are_exact() -> None:
    plan = planned(asked([[6], [6], [6]]), [kind("small", "0.0000073", 10)])

    assert plan.cost == Decimal("0.0000219")
    # Two machines, by whole machines and workloads in pieces; of prices in whole millionths,
    # rounded down, so that the bound is never above the cost.
    assert plan.bound == Decimal("0.000014")


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10_000))
def test_every_machine_can_fail(seed: int) -> None:
    problem = at_random(seed, 8)
    found = solve(problem, 60, lambda _: None, 10)
    assert found is not None

    wider = with_spare(problem, found.packing)

    assert wider is not None
    for failed in range(len(wider)):
        moves = moves_after(problem, wider, failed)
        assert moves is not None
        members = [list(one.members) for one in wider]
        for workload, target in moves:
            assert target != failed
            members[target].append(workload)
        assert sorted(workload for workload, _ in moves) == sorted(wider[failed].members)
        for number, one in enumerate(wider):
            assert number == failed or problem.holds(one.kind, members[number])


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10_000))
def test_plans_obey_all_rules(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand = asked(random.integers(1, 50, size=(10, 6)).tolist())
    kinds = [kind("small", "1.1", 60), kind("large", "3.7", 200)]
    rules = PackingRules((SpreadGroup(("a", "b", "c")), SpreadGroup(tuple("defgh"), 2)), 4, True)

    plan = planned(demand, kinds, rules)

    assert sorted(name for machine in plan.machines for name in machine.workloads) == list(
        demand.workloads
    )
    for machine in plan.machines:
        rows = [demand.workloads.index(name) for name in machine.workloads]
        load = demand.amounts[rows, 0].sum(axis=0)
        assert (load <= machine.kind.capacity["cpu"]).all()
        assert len(machine.workloads) <= 4
        assert len({"a", "b", "c"} & set(machine.workloads)) <= 1
        assert len(set("defgh") & set(machine.workloads)) <= 2
    assert plan.bound <= plan.cost
    assert plan.first_fit is None or plan.cost <= plan.first_fit
    assert faults(stated(demand, kinds, rules), ()) != []
