"""Predictions as CSV: a line for each machine and candidate; what is unknown is empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

COLUMNS = (
    "machine",
    "candidate",
    "instance_type",
    "architecture",
    "measured",
    "percentile",
    "busy",
    "busy_lower",
    "busy_upper",
    "busy_mean",
    "memory",
    "disk_throughput",
    "disk_operations",
    "network",
    "risk",
    "risk_lower",
    "risk_upper",
    "machines",
    "machines_lower",
    "machines_upper",
    "price_per_hour",
    "price_per_month",
    "currency",
    "saving_per_month",
    "cheapest",
    "not_recommended",
)
_USED = ("memory", "disk_throughput", "disk_operations", "network")


def as_csv(predictions: Iterable[dict[str, Any]]) -> str:
    """The lines, with a heading; from values that ``as_json`` made."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for one in predictions:
        for candidate in one["candidates"]:
            writer.writerow(_row(one, candidate))
    return text.getvalue()


def _row(machine: dict[str, Any], candidate: dict[str, Any]) -> dict[str, Any]:
    counted = machine["counted_percentile"]
    name = "max" if counted == 100 else f"p{counted:g}"
    row = {
        "machine": machine["machine"],
        "candidate": candidate["name"],
        "percentile": name,
        "busy_mean": candidate.get("busy_mean"),
        "cheapest": candidate["name"] == machine.get("cheapest"),
    }
    row |= _bounds("busy", candidate.get("busy", {}).get(name))
    row |= _bounds("risk", candidate["performance_risk"].get("any"))
    row |= _bounds("machines", candidate.get("machines"))
    row |= {one: candidate["used"].get(one, {}).get(name) for one in _USED}
    return row | {one: candidate[one] for one in COLUMNS if one in candidate and one not in row}


def _bounds(name: str, band: dict[str, float] | None) -> dict[str, float | None]:
    known = band or {}
    return {
        name: known.get("value"),
        f"{name}_lower": known.get("lower"),
        f"{name}_upper": known.get("upper"),
    }
