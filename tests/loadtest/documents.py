"""Result documents made for tests: valid by the schema, with a known truth."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perfanalysis.estimates.statistics import estimate
from perfanalysis.results import reading, writing
from perfanalysis.results.document import SCHEMA_VERSION, Document

LEVEL: dict[str, Any] = {
    "busy_ratio": 1.0,
    "steal_ratio": 0.0,
    "duration_seconds": 1.0,
    "slices_excluded": 0,
}
BASE: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION,
    "test_id": "run-1",
    "kernel": "rmw",
    "kernel_version": "1",
    "profile": "default",
    "timestamp_seconds": 1795464900.0,
    "duration_seconds": 14.0,
    "valid": True,
    "invalid_reasons": [],
    "levels": [],
    "unit": {"name": "rmw", "description": "one pass"},
    "machine": {"architecture": "x86_64", "logical_cpus": 2, "used_cpus": [0, 1]},
    "build": {"compiler": "gcc 12.2.0", "flags": "-O2"},
    "software": {"perfanalysis": "0.1.0"},
    "settings": {"spread": "all"},
}


def level(busy: int, rates: Sequence[float]) -> dict[str, Any]:
    """A level whose slices of 50 ms have these rates."""
    found = estimate(rates)
    assert found is not None
    return LEVEL | {
        "busy": busy,
        "units_per_second": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "slices": [{"duration_seconds": 0.05, "units": rate * 0.05} for rate in rates],
    }


def tree(
    test_id: str = "run-1",
    rates: Sequence[float] = tuple(range(990, 1010)),
    *,
    machine: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """The JSON of a run with these rates at 100 % busy, and half of them at 50 %."""
    made = copy.deepcopy(BASE) | {"test_id": test_id}
    made["levels"] = [level(50, [rate / 2 for rate in rates]), level(100, rates)]
    made["max_units_per_second"] = made["levels"][-1]["units_per_second"]
    made["machine"] |= machine or {}
    return made | changes


def result(test_id: str = "run-1", *arguments: Any, **changes: Any) -> Document:
    """The document of such a run."""
    return reading.from_json(tree(test_id, *arguments, **changes), test_id)


def write(path: Path, document: Document) -> None:
    """Write a document as a run does."""
    writing.write(path, writing.encode(document))
