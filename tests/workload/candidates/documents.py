"""Result documents, as small as they can be."""

from __future__ import annotations

import copy
from typing import Any

from perfanalysis.results import reading
from perfanalysis.results.document import Document
from tests.perfanalysis.results.made import LEVEL, VALID

GIB = 1 << 30


def document(name: str, full: float, facts: dict[str, Any] | None = None, **more: Any) -> Document:
    """A straight curve of kernel rmw at 50 and 100 %, with bounds a hundredth away."""
    return reading.from_json(tree(name, full, facts, **more), "made")


def tree(
    name: str, full: float, facts: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """The same as a JSON value.

    Args:
        name: of the machine.
        full: units per second at 100 %; half of it at 50 %.
        facts: further ones of the machine.
        more: fields of the document; ``run`` makes its id another one.
    """
    run = more.pop("run", 1)
    machine = VALID["machine"] | {
        "name": name,
        "memory_bytes": 8 * GIB,
        "provider": "aws",
        "instance_type": "m7i.large",
        "region": "eu-central-1",
    }
    found = copy.deepcopy(VALID) | {
        "test_id": f"{name}-{more.get('kernel', 'rmw')}-{run}",
        "levels": [_level(busy, full) for busy in (50, 100)],
        "max_units_per_second": full,
        "single_units_per_second": full * 0.55,
        "machine": machine | (facts or {}),
    }
    return found | more


def _level(busy: int, full: float) -> dict[str, Any]:
    units = full * busy / 100
    return LEVEL | {
        "busy": busy,
        "busy_ratio": busy / 100 - 0.001,
        "units_per_second": units,
        "lower": units * 0.99,
        "upper": units * 1.01,
    }
