"""Comparisons by REST, held against the estimates that they are made of."""

from __future__ import annotations

import csv
import io
import json
import math
import uuid
from typing import Any

import pytest

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from tests.portal.nights import full
from tests.portal.nights import hand_in as hand_in_nights
from tests.portal.serving import DOCUMENT, Tenant


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


def test_eight_are_compared_and_nine_are_refused(tenant: Tenant) -> None:
    names = [f"m{number}-1" for number in range(9)]
    for number, name in enumerate(names):
        hand_in(tenant, name, 100.0 + number)
    sides = compared(tenant, *names[:8])
    assert [side["tests"] for side in sides] == [[name] for name in names[:8]]
    assert sides[7]["measures"][0]["ratio"] == pytest.approx(1.07)
    said = tenant.no("GET", "/api/v1/comparison", 422, params=[("side", name) for name in names])
    assert "side" in said


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


def test_levels_and_differences_in_percent(tenant: Tenant) -> None:
    hand_in(tenant, "a-1", 100.0)
    hand_in(tenant, "b-1", 150.0, price_dollars_per_hour=2.0)
    answer = tenant.ok("GET", "/api/v1/comparison", params={"side": ["a-1", "b-1"]})
    assert (answer["kernel"], answer["names"]) == ("rmw", ["a", "b"])
    one, other = answer["sides"]
    busy = [level["busy"] for level in DOCUMENT["levels"]]
    assert [level["busy"] for level in other["levels"]] == busy
    full_load = {"busy": 100, "units_per_second": 150.0, "lower": 148.5, "upper": 151.5}
    assert other["levels"][-1] == pytest.approx(full_load | {"per_dollar": 75.0})
    assert one["measures"][0]["difference_percent"] is None
    speed = other["measures"][0]
    assert speed["difference_percent"] == pytest.approx(50.0)
    assert speed["difference_lower_percent"] == pytest.approx(100 * (speed["lower"] - 1))


def fleet(tenant: Tenant) -> dict[str, str]:
    """Machine ``m``, and ``n``, faster by 20 % at one kernel; a third kernel has ``m`` alone."""
    rates = (100.0, 100.2, 99.8)
    for number, kernel in enumerate(("rmw", "integer", "memory")):
        hand_in_nights(tenant, rates, 10 * number, kernel=kernel)
    for number, (kernel, factor) in enumerate((("rmw", 1.2), ("integer", 1.0))):
        changed = [rate * factor for rate in rates]
        hand_in_nights(tenant, changed, 50 + 10 * number, kernel=kernel, machine={"name": "n"})
    hand_in_nights(tenant, [1.0], 70, valid=False, invalid_reasons=["steal"])
    hand_in_nights(tenant, [60.0], 20.5, profile="quick")
    machines = tenant.ok("GET", "/api/v1/machines")["machines"]
    return {one["name"]: one["id"] for one in machines}


def test_machines_by_the_kernels_that_all_have(tenant: Tenant) -> None:
    ids = fleet(tenant)
    params = {"machine": [ids["m"], ids["n"]]}
    answer = tenant.ok("GET", "/api/v1/comparison/machines", params=params)
    assert [one["name"] for one in answer["machines"]] == ["m", "n"]
    assert [one["kernel"] for one in answer["kernels"]] == ["integer", "rmw"]
    assert (answer["left_out"], answer["runs"]) == (["memory"], 5)
    same, faster = (one["sides"][1]["measures"][0] for one in answer["kernels"])
    assert answer["kernels"][1]["sides"][0]["tests"] == ["n2", "n1", "n0"]
    assert (same["verdict"], faster["verdict"]) == ("cannot tell", "faster")
    assert faster["difference_percent"] == pytest.approx(20.0)
    # All kernels are one family: alone, this one would be told at half of that.
    params |= {"kernel": ["rmw"]}
    alone = tenant.ok("GET", "/api/v1/comparison/machines", params=params)["kernels"]
    assert [one["kernel"] for one in alone] == ["rmw"]
    p_value = alone[0]["sides"][1]["measures"][0]["p_value"]
    assert faster["p_value"] == pytest.approx(2 * p_value)
    few = tenant.ok("GET", "/api/v1/comparison/machines", params=params | {"runs": 1})
    assert few["kernels"][0]["sides"][1]["measures"][0]["withheld"] == "one run"


def test_machines_that_do_not_compare(tenant: Tenant) -> None:
    ids = fleet(tenant)
    for machines, status in (
        ([ids["m"]], 422),
        ([ids["m"], ids["m"]], 422),
        ([ids["m"], str(uuid.uuid4())], 404),
    ):
        params = {"machine": machines}
        tenant.no("GET", "/api/v1/comparison/machines", status, params=params)
    params = {"machine": [ids["m"], ids["n"]], "kernel": ["memory"]}
    answer = tenant.ok("GET", "/api/v1/comparison/machines", params=params)
    assert (answer["kernels"], answer["left_out"]) == ([], ["memory"])


def test_csv_has_a_line_a_measure_of_a_side(tenant: Tenant) -> None:
    ids = fleet(tenant)
    params = {"machine": [ids["m"], ids["n"]], "format": "csv"}
    answer = tenant.client.get("/api/v1/comparison/machines", params=params)
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(one["kernel"], one["name"], one["measure"]) for one in lines[:3]] == [
        ("integer", "m", "performance"),
        ("integer", "m", "price_performance"),
        ("integer", "n", "performance"),
    ]
    assert len(lines) == 8
    assert (lines[6]["verdict"], lines[6]["tests"]) == ("faster", "n52 n51 n50")
    answer = tenant.client.get(
        "/api/v1/comparison", params={"side": ["n0", "n50"]}, headers={"Accept": "text/csv"}
    )
    assert [one["name"] for one in csv.DictReader(io.StringIO(answer.text))] == ["m", "m", "n", "n"]
