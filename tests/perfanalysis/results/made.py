"""The JSON of a result document with all that is needed, and copies of it with a change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

LEVEL: dict[str, Any] = {
    "busy": 100,
    "units_per_second": 1340.0,
    "lower": 1330.0,
    "upper": 1350.0,
    "busy_ratio": 1.0,
    "steal_ratio": 0.0,
    "duration_seconds": 0.3,
    "slices_excluded": 0,
    "slices": [{"duration_seconds": 0.05, "units": 67.0}],
}
VALID: dict[str, Any] = {
    "schema_version": 1,
    "test_id": "20261123T201500Z-rmw-1a2b3c4d",
    "kernel": "rmw",
    "kernel_version": "1",
    "profile": "custom",
    "timestamp_seconds": 1795464900.0,
    "duration_seconds": 1.0,
    "valid": True,
    "invalid_reasons": [],
    "max_units_per_second": 1340.0,
    "single_units_per_second": 680.0,
    "levels": [LEVEL],
    "unit": {"name": "rmw", "description": "one pass"},
    "machine": {"architecture": "x86_64", "logical_cpus": 2, "used_cpus": [0, 1]},
    "build": {"compiler": "gcc 12.2.0", "flags": "-O2"},
    "software": {"perfanalysis": "0.1.0"},
    "settings": {},
}


IMPORTED = {"format": "training-curve", "file": "a.jsonl", "perfanalysis": "0.1.0"}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    result = copy.deepcopy(VALID)
    change(result)
    return result
