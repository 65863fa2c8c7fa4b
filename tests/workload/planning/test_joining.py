from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from workload.planning.common_grid import on_week, week_times
from workload.planning.joining import (
    MEMORY,
    PlanWishes,
    common_kernels,
    cpu,
    joint_demand,
    machine_kinds,
    units_at,
)
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.usage import Usage

MONDAY = 4 * 86_400.0
HOUR = 3600.0
DAY = 24 * HOUR


def curve(full: float) -> WorkCurve:
    """A machine that does three quarters of its work when half busy."""
    none = np.full(2, np.nan)
    return WorkCurve(np.array([0.5, 1.0]), np.array([0.75, 1.0]) * full, none, none)


def candidate(name: str, full: float = 100.0, price: str | None = "0.1") -> Candidate:
    curves = {"rmw": (curve(full),)}
    return Candidate(name, 2, 1000.0, curves, price=None if price is None else Decimal(price))


def usage(machine: str, start: float, busy: list[float]) -> Usage:
    """Busy ratios of hours on end, and 100 bytes of memory."""
    values = np.array(busy)
    starts = start + HOUR * np.arange(float(len(busy)))
    unknown = np.full(len(busy), np.nan)
    arrays = {
        "cpus": np.full(len(busy), 2.0),
        "busy": values,
        "memory_bytes": np.full(len(busy), 100.0),
        "memory_total_bytes": np.full(len(busy), 1000.0),
    }
    names = [
        "system",
        "steal",
        "disk_read_bytes",
        "disk_write_bytes",
        "disk_reads",
        "disk_writes",
        "network_receive_bytes",
        "network_transmit_bytes",
    ]
    return Usage(
        machine=machine,
        starts=starts,
        ends=starts + np.float64(HOUR),
        **arrays,
        **dict.fromkeys(names, unknown),
    )


@pytest.mark.parametrize(
    ("starts", "ends", "values", "expected"),
    [
        # Two intervals in one step: the higher counts.
        ([0, 1800], [1800, 3600], [1, 3], {0: 3}),
        # One that reaches into the next step counts in both.
        ([1800], [5400], [2], {0: 2, 1: 2}),
        # Another clock: steps are those of the week, not of the recording.
        ([600, 4200], [4200, 7800], [1, 5], {0: 1, 1: 5, 2: 5}),
        # The same place of the next week: the higher of both.
        ([0, 7 * DAY], [3600, 7 * DAY + 3600], [4, 2], {0: 4}),
        # Nothing is known of a gap.
        ([0, 3600, 7200], [3600, 7200, 10800], [1, np.nan, 2], {0: 1, 2: 2}),
        # The last hour of Sunday, and the first of Monday behind it.
        ([7 * DAY - 1800], [7 * DAY + 1800], [9], {167: 9, 0: 9}),
        # A negative number is no less known.
        ([0], [3600], [0], {0: 0}),
    ],
)
def test_steps_of_a_week(
    starts: list[float], ends: list[float], values: list[float], expected: dict[int, float]
) -> None:
    found = on_week(
        MONDAY + np.array(starts, float),
        MONDAY + np.array(ends, float),
        np.array(values, float),
        HOUR,
    )

    assert {int(step): found[step] for step in np.flatnonzero(np.isfinite(found))} == expected


def test_an_interval_longer_than_a_week_is_everywhere() -> None:
    found = on_week(np.array([0.0]), np.array([30 * DAY]), np.array([1.0]), HOUR)

    assert (found == 1).all()


def test_times_are_of_the_first_week() -> None:
    assert week_times(np.array([MONDAY + 8 * DAY]), DAY).tolist() == [
        MONDAY + day * DAY for day in range(7, 14)
    ]


def test_units_by_the_curve() -> None:
    assert units_at(curve(100), np.array([0, 0.25, 0.5, 0.75, 1, 1.1])).tolist() == pytest.approx(
        [0, 37.5, 75, 87.5, 100, 110]
    )


def test_demand_is_units_of_each_machines_own_curve() -> None:
    sources = {"a": candidate("small", 100), "b": candidate("large", 400)}
    usages = [usage("a", MONDAY, [0.5, 1.0]), usage("b", MONDAY + 7 * DAY + HOUR, [0.5])]

    found = joint_demand(usages, sources, ["rmw"], HOUR)

    assert found.workloads == ("a", "b")
    assert found.times.tolist() == [MONDAY, MONDAY + HOUR]
    of_cpu = found.amounts[:, found.resources.index(cpu("rmw"))]
    assert of_cpu[0].tolist() == [75, 100]
    assert np.isnan(of_cpu[1, 0])
    assert of_cpu[1, 1] == 300
    assert found.unknown[1].tolist() == [0.5, 0.5, 1, 1, 1, 1]


def test_capacity_is_work_at_the_allowed_busy_ratio() -> None:
    burstable = replace(candidate("burstable"), cpu_baseline=0.25)
    two = replace(candidate("two"), curves={"rmw": (curve(100), curve(80))}, disk_bytes=5.0)
    kinds, refused = machine_kinds([burstable, two], {}, ["rmw"], PlanWishes(0.5, 0.2))

    assert refused == {}
    assert kinds[0].capacity == {cpu("rmw"): 37.5, MEMORY: 800}
    # The lesser of two machines of the type.
    assert kinds[1].capacity == {cpu("rmw"): 60, MEMORY: 800, "disk bytes": 5}


def test_what_cannot_be_used_is_named() -> None:
    sources = {"a": replace(candidate("now"), architecture="x86_64")}
    candidates = [
        replace(candidate("now"), architecture="x86_64"),
        Candidate("unmeasured", 2, 1000.0, price=Decimal(1)),
        candidate("unpriced", price=None),
        replace(candidate("euros"), currency="EUR"),
        replace(candidate("spot"), purchase="spot"),
        replace(candidate("arm"), architecture="aarch64"),
    ]

    kinds, refused = machine_kinds(candidates, sources, ["rmw"], PlanWishes())

    assert [kind.name for kind in kinds] == ["now"]
    assert refused == {
        "unmeasured": "nobody measured it by rmw",
        "unpriced": "its price is unknown",
        "euros": "its price is in EUR, others' in USD",
        "spot": "its provider can take it away (spot)",
        "arm": "another architecture (aarch64) than all of the workloads",
    }
    wider = PlanWishes(spot=True, any_architecture=True)
    kinds, refused = machine_kinds(candidates, sources, ["rmw"], wider)
    assert [kind.name for kind in kinds] == ["now", "spot", "arm"]


def test_kernels_that_all_have() -> None:
    both = replace(candidate("both"), curves={"rmw": (curve(1),), "integer": (curve(1),)})

    assert common_kernels([both, candidate("one"), Candidate("none", 1, 1.0)]) == ("rmw",)
    assert common_kernels([Candidate("none", 1, 1.0)]) == ()
