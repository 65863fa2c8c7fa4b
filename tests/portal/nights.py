"""Tests of a machine, night by night, for a portal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.portal.serving import DOCUMENT, Tenant

START, DAY = 1.79e9, 86400.0
# 100 within 0.5 %.
USUAL = (100.0, 100.4, 99.7, 99.9, 100.5, 99.6, 100.1, 99.8)


def full(rate: float) -> list[dict[str, Any]]:
    """Levels with another rate at full load, and what is known of its interval."""
    *others, last = DOCUMENT["levels"]
    changed = {"units_per_second": rate, "lower": rate * 0.99, "upper": rate * 1.01}
    changed |= {f"mean_{name}": value for name, value in changed.items()}
    scale = rate / last["units_per_second"]
    slices = [{**one, "units": one["units"] * scale} for one in last["slices"]]
    kept = {name: value for name, value in last.items() if name != "interval_withheld"}
    return [*others, {**kept, **changed, "slices": slices}]


def night(number: float, rate: float, **changes: Any) -> bytes:
    """A valid test of machine ``m`` under full conditions, so many days after the first one."""
    facts = DOCUMENT["machine"] | {"name": "m", "instance_type": "t", "price_dollars_per_hour": 0.5}
    facts |= changes.pop("machine", {})
    facts = {name: value for name, value in facts.items() if value is not None}
    left_out = {"sustained", "until_steady"}
    values = {name: value for name, value in DOCUMENT.items() if name not in left_out}
    values |= {"profile": "default", "invalid_reasons": []}
    values |= {"test_id": f"n{number}", "timestamp_seconds": START + DAY * number, "valid": True}
    values |= {"levels": full(rate), "max_units_per_second": rate} | changes
    return json.dumps(values | {"machine": facts}).encode()


def hand_in(tenant: Tenant, rates: Sequence[float], first: float = 0, **changes: Any) -> None:
    """Hand in one test a night."""
    for number, rate in enumerate(rates):
        tenant.ok("POST", "/api/v1/tests", 201, content=night(first + number, rate, **changes))


def watch(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    """A threshold of 2 % on a kernel."""
    said = {"kernel": DOCUMENT["kernel"], "drop_ratio": 0.02} | changes
    found: dict[str, Any] = tenant.ok("POST", "/api/v1/thresholds", 201, json=said)
    return found


def regressions(tenant: Tenant) -> list[dict[str, Any]]:
    """All of them, the newest first."""
    found: list[dict[str, Any]] = tenant.ok("GET", "/api/v1/regressions")["regressions"]
    return found
