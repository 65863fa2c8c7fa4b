"""Whether two engines' answers are the same series with the same values. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

TOLERANCE = 0.05
# What is nearly nothing beside the largest value of a series is not compared by its share.
_FLOOR = 0.01

Key = tuple[tuple[str, str], ...]


def by_labels(
    series: list[dict[str, Any]], settled: Callable[[float], bool]
) -> dict[Key, dict[float, float]]:
    """Values by moment, by labels; the name is none of them, since engines keep it differently."""
    found: dict[Key, dict[float, float]] = {}
    for entry in series:
        labels = {k: v for k, v in entry["metric"].items() if k != "__name__" and v}
        points = entry.get("values") or [entry["value"]]
        kept = {float(t): float(v) for t, v in points if settled(float(t))}
        if kept:
            found[tuple(sorted(labels.items()))] = kept
    return found


def differences(
    left: list[dict[str, Any]], right: list[dict[str, Any]], settled: Callable[[float], bool]
) -> list[str]:
    """In words, how the right answer differs from the left one; empty when it does not.

    Args:
        left: an engine's answer.
        right: the other's.
        settled: whether a moment counts.
    """
    one, other = by_labels(left, settled), by_labels(right, settled)
    found = [f"only left: {key}" for key in sorted(one.keys() - other.keys())]
    found += [f"only right: {key}" for key in sorted(other.keys() - one.keys())]
    for key in sorted(one.keys() & other.keys()):
        points = one[key]
        both = sorted(points.keys() & other[key].keys())
        if len(both) < 0.9 * max(len(points), len(other[key])):
            found.append(f"{key}: {len(points)} and {len(other[key])} moments, {len(both)} shared")
        floor = _FLOOR * max((abs(v) for v in points.values() if math.isfinite(v)), default=0.0)
        far = [t for t in both if not near(points[t], other[key][t], floor)]
        if far:
            t = far[0]
            found.append(f"{key}: {len(far)} of {len(both)}: {points[t]} and {other[key][t]}")
    return found


def near(one: float, other: float, floor: float) -> bool:
    """Whether two values are within the tolerance of the larger, or of a floor."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other), floor)
