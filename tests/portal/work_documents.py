"""A prediction and a plan, small, as `perfanalysis workload` prints them."""

from __future__ import annotations

import json
from typing import Any

CANDIDATE: dict[str, Any] = {
    "name": "small",
    "purchase": "on_demand",
    "measured": True,
    "price_per_month": "73.0",
    "saving_per_month": "73.0",
    "currency": "USD",
}
PREDICTION: dict[str, Any] = {
    "machine": "web-1",
    "finding": {"state": "over-sized", "used": {"cpu": 0.2}},
    "cheapest": "small",
    "candidates": [CANDIDATE],
    "remarks": ["More would be known of a longer recording."],
}
PLAN: dict[str, Any] = {
    "currency": "USD",
    "price_per_hour": "0.1",
    "price_per_month": "73.0",
    "bound_per_hour": "0.1",
    "gap_ratio": 0.0,
    "search": "ended",
    "machines": [
        {
            "name": "small-1",
            "type": "small",
            "price_per_hour": "0.1",
            "spare": False,
            "workloads": ["web-1", "batch"],
            "peaks": {},
        }
    ],
    "refused": {},
    "remarks": [],
}


def prediction(*machines: str) -> bytes:
    """A prediction of some machines, in a spelling of its own."""
    return json.dumps([PREDICTION | {"machine": name} for name in machines], indent=3).encode()


def plan(*workloads: str) -> bytes:
    """A plan for some workloads."""
    place = PLAN["machines"][0] | {"workloads": list(workloads)}
    return json.dumps(PLAN | {"machines": [place]}, indent=3).encode()
