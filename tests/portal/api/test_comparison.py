"""Comparisons by REST, held against the estimates that they are made of."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from tests.portal.serving import DOCUMENT, Tenant


def full(rate: float) -> list[dict[str, Any]]:
    """Levels with another rate at full load."""
    *others, last = DOCUMENT["levels"]
    scale = rate / last["units_per_second"]
    changed = {"units_per_second": rate, "lower": rate * 0.99, "upper": rate * 1.01}
    changed |= {f"mean_{name}": value for name, value in changed.items()}
    last = {name: value for name, value in last.items() if name != "interval_withheld"}
    slices = [{**one, "units": one["units"] * scale} for one in last["slices"]]
    return [*others, {**last, **changed, "slices": slices}]


def hand_in(tenant: Tenant, name: str, rate: float, **machine: Any) -> None:
    facts = {"name": name.split("-", maxsplit=1)[0], "price_dollars_per_hour": 0.5} | machine
    tenant.ok("POST", "/api/v1/tests", 201, content=_document(name, rate, facts))


def _document(name: str, rate: float, facts: dict[str, Any]) -> bytes:
    kept = {k: v for k, v in DOCUMENT.items() if k != "sustained"}
    changed = {"test_id": name, "levels": full(rate), "max_units_per_second": rate}
    return json.dumps({**kept, **changed, "machine": DOCUMENT["machine"] | facts}).encode()


def compared(tenant: Tenant, *sides: str, **more: str) -> list[dict[str, Any]]:
    params = [("side", side) for side in sides] + list(more.items())
    found: list[dict[str, Any]] = tenant.ok("GET", "/api/v1/comparison", params=params)["sides"]
    return found


def test_runs_of_two_machines(tenant: Tenant) -> None:
    first, second = [100.0, 101.0, 99.0, 100.5], [120.0, 121.0, 119.0, 120.5]
    for number, (a, b) in enumerate(zip(first, second, strict=True)):
        hand_in(tenant, f"a-{number}", a)
        hand_in(tenant, f"b-{number}", b, price_dollars_per_hour=1.0)
    one, other = compared(
        tenant, ",".join(f"a-{i}" for i in range(4)), ",".join(f"b-{i}" for i in range(4))
    )
    assert one["measures"][0]["ratio"] is None
    assert one["measures"][0]["value"] == pytest.approx(math.prod(first) ** 0.25)
    speed, money = other["measures"]
    expected = ratios.compare([[Rate(v, None) for v in first]], [[Rate(v, None) for v in second]])
    assert (speed["ratio"], speed["lower"], speed["upper"]) == pytest.approx(
        (expected.value, expected.lower, expected.upper)
    )
    assert (speed["verdict"], speed["basis"], speed["withheld"]) == ("faster", "runs", None)
    assert money["verdict"] == "slower"
    assert money["ratio"] == pytest.approx(expected.value / 2, rel=0.01)


def test_one_run_each_carries_no_verdict(tenant: Tenant) -> None:
    hand_in(tenant, "a-1", 100.0)
    hand_in(tenant, "b-1", 200.0)
    speed = compared(tenant, "a-1", "b-1")[1]["measures"][0]
    assert speed["ratio"] == pytest.approx(2.0)
    assert (speed["verdict"], speed["withheld"]) == ("cannot tell", "one run")


def test_other_conditions_carry_no_verdict(tenant: Tenant) -> None:
    for number in range(3):
        hand_in(tenant, f"a-{number}", 100.0 + number)
        hand_in(tenant, f"b-{number}", 200.0 + number, used_cpus=[0], used_cores=1)
    other = compared(tenant, "a-0,a-1,a-2", "b-0,b-1,b-2")[1]
    assert "used_cpus" in other["unlike"]
    assert other["measures"][0]["withheld"] == "conditions"


def test_against_a_baseline_by_name(tenant: Tenant) -> None:
    hand_in(tenant, "a-1", 100.0)
    hand_in(tenant, "b-1", 200.0)
    tenant.ok("PUT", "/api/v1/baselines/main", json={"test_id": "a-1"})
    sides = compared(tenant, "b-1", baseline="main")
    assert [side["tests"] for side in sides] == [["a-1"], ["b-1"]]


def test_what_does_not_compare(tenant: Tenant) -> None:
    hand_in(tenant, "a-1", 100.0)
    for params, status in (
        ([("side", "a-1")], 422),
        ([("side", "a-1"), ("side", "a-1")], 422),
        ([("side", "a-1"), ("side", "b-1")], 404),
        ([("side", "a-1"), ("side", ",")], 422),
        ([("side", f"t{i}") for i in range(9)], 422),
        ([("side", "a-1"), ("baseline", "main")], 404),
        ([("side", "a-1"), ("side", "b\x00")], 422),
    ):
        tenant.no("GET", "/api/v1/comparison", status, params=params)
    tenant.ok("POST", "/api/v1/tests", 201, content=_document("c-1", 1.0, {}))
    other = _document("d-1", 1.0, {}).replace(b'"kernel": "rmw"', b'"kernel": "integer"')
    tenant.ok("POST", "/api/v1/tests", 201, content=other)
    said = tenant.no("GET", "/api/v1/comparison", 422, params=[("side", "c-1"), ("side", "d-1")])
    assert "other work" in said
