"""The look in C that finds nothing wrong: most looks find nothing, and need no more.

Measured with caches walked over before each scrape: see docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exporter.native._numbers import ffi, lib
from exporter.validation.plans import CheckPlan

_END_OF_GROUP = 0xFFFFFFFF


class QuickLook:
    """Whether all that a plan looks at holds for certain.

    Args:
        plan: what to look at.
        count: how many values there are.
    """

    __slots__ = ("_kept", "checks")

    def __init__(self, plan: CheckPlan, count: int) -> None:
        places: list[tuple[int, float]] = []
        comparisons = [
            (_side(places, left), _side(places, right), rule.slack, rule.equal)
            for rule, left, right in (
                (one.rule, plan.scaled(one.left), plan.scaled(one.right))
                for one in plan.comparisons
            )
        ]
        growths = [
            (_side(places, one.values), one.rule.per_second, one.rule.slack) for one in plan.sums
        ]
        stale = [number for _, positions, _ in plan.stale for number in (*positions, _END_OF_GROUP)]
        # What C points to lives as long as somebody in Python holds it.
        self._kept: list[Any] = []
        self.checks = ffi.new("struct checks *")
        self.checks.places = self._array("struct place[]", places)
        self.checks.counters = self._array("uint32_t[]", plan.counters)
        self.checks.counter_count = len(plan.counters)
        self.checks.comparisons = self._array("struct comparison[]", comparisons)
        self.checks.comparison_count = len(comparisons)
        self.checks.growths = self._array("struct growth[]", growths)
        self.checks.growth_count = len(growths)
        self.checks.stale = self._array("uint32_t[]", stale)
        self.checks.stale_count = len(stale)
        self.checks.count = count
        self.checks.before = self._array("struct number[]", count)
        self.checks.now = self._array("struct number[]", count)

    def _array(self, kind: str, values: Sequence[object] | int) -> Any:
        made = ffi.new(kind, values)
        self._kept.append(made)
        return made

    def all_hold(self, before: bytes, now: bytes, seconds: float) -> bool:
        """Whether nothing needs a closer look.

        Args:
            before: the values of the look before, each with a newline behind it.
            now: those of now.
            seconds: that have passed between them.
        """
        held = lib.all_hold(self.checks, before, len(before), now, len(now), seconds)
        return bool(held)


def _side(places: list[tuple[int, float]], wanted: Iterable[tuple[int, float]]) -> tuple[int, int]:
    """Put these behind the others: where they begin, and how many they are."""
    first = len(places)
    places += wanted
    return first, len(places) - first
