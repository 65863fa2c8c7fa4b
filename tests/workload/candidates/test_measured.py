"""Candidates from result documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.workload.candidates.documents import GIB, document
from workload.candidates.measured import candidate_of, curve_of, machines_of


def test_a_curve_goes_by_what_was_reached() -> None:
    found = curve_of(document("a", 100))
    assert found.busy.tolist() == [0.499, 0.999]
    assert found.units.tolist() == [50, 100]
    assert found.lower.tolist() == [49.5, 99]
    assert found.single == pytest.approx(55)
    assert found.ladder.keys() == {1, 2}


def test_machines_of_a_type_stand_in_one_order_in_each_kernel() -> None:
    documents = [
        document(name, full, kernel=kernel)
        for name, full in (("b", 200), ("a", 100))
        for kernel in ("rmw", "integer")
    ]
    found = machines_of(documents)
    assert found.names == ("a", "b")
    for kernel in ("rmw", "integer"):
        assert [curve.units[-1] for curve in found.curves[kernel]] == [100, 200]


def test_the_newest_run_of_a_machine_counts() -> None:
    old, new = document("a", 100), document("a", 120, timestamp_seconds=1.8e9, run=2)
    assert machines_of([new, old]).curves["rmw"][0].units[-1] == 120


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        ({"valid": False, "invalid_reasons": ["steal"]}, "disturbed"),
        ({"facts": {"used_cpus": [0]}}, "of a part of the machine"),
    ],
)
def test_what_cannot_speak_for_a_machine_is_left_out_and_named(
    spoiled: dict[str, Any], why: str
) -> None:
    found = machines_of([document("a", 100, **spoiled)])
    assert found.curves == {}
    assert found.left_out == (f"a-rmw-1: {why}",)
    assert candidate_of(found) is None


def test_levels_that_cannot_be_told_from_each_other_are_no_curve() -> None:
    made = document("a", 100)
    levels = tuple(msgspec.structs.replace(one, busy_ratio=0.7) for one in made.levels)
    found = machines_of([msgspec.structs.replace(made, levels=levels)])
    assert found.curves == {}
    assert found.left_out == ("a-rmw-1: its levels cannot be told from each other",)


def test_units_of_two_versions_are_not_mixed() -> None:
    newer = document("b", 100, kernel_version="2", timestamp_seconds=1.8e9)
    found = machines_of([document("a", 100), newer])
    assert len(found.curves["rmw"]) == 1
    assert found.left_out == ("a-rmw-1: rmw of version 1",)


def test_what_a_document_tells_of_its_machine() -> None:
    found = candidate_of(machines_of([document("a", 100, {"price_dollars_per_hour": 0.1008})]))
    assert found is not None
    assert (found.name, found.cpus, found.memory_bytes) == ("a", 2, 8 * GIB)
    assert (found.provider, found.instance_type) == ("aws", "m7i.large")
    assert found.price == Decimal("0.1008")
    assert found.measured == ("a",)
