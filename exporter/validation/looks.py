"""What is kept of a look at a collector's values, for the next one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from exporter.validation.cpu_totals import CpuTotals
from exporter.validation.findings import Finding
from exporter.validation.plans import CheckPlan, Scaled
from exporter.validation.quick_look import QuickLook
from perfanalysis.exposition.rendering import Layout


class WatchedCollector:
    """What was seen of one collector at its last scrape."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self.plan: CheckPlan | None = None
        self.quick: QuickLook | None = None
        # The values, each with a newline behind it.
        self.written = b""
        self.time = 0.0
        # Since when what must not stay the same has done so.
        self.since: list[float] = []
        # The findings of all rules that a look evaluates once each, and how many such looks found
        # nothing wrong and are not counted there yet.
        self.looked_at: list[Finding] = []
        self.uncounted = 0
        self.totals: CpuTotals | None = None


class Before(NamedTuple):
    """What the look before has left for those that are compared with it; empty before the first."""

    counters: Sequence[bytes] = ()
    sums: Sequence[float] = ()
    stale: Sequence[Sequence[bytes]] = ()


def before_of(watched: WatchedCollector, plan: CheckPlan) -> Before:
    """What the look before has left, in series that are the same."""
    if not watched.written:
        return Before(stale=[()] * len(plan.stale))
    values = watched.written.split(b"\n")
    return Before(
        plan.pick_counters(values),
        [sum_of(values, entry.values) for entry in plan.sums],
        [pick(values) for _, _, pick in plan.stale],
    )


def sum_of(values: Sequence[bytes], scaled: Scaled) -> float:
    """The sum of these values, in their unit."""
    return sum([float(values[position]) * scale for position, scale in scaled])


def carried_over(old: CheckPlan, before: Before, plan: CheckPlan) -> Before:
    """Series may have come and gone; those that stayed are compared all the same."""
    known = dict(zip(old.series, before.counters, strict=False))
    sums = dict(zip(((s.rule, s.labels) for s in old.sums), before.sums, strict=False))
    return Before(
        tuple(known.get(series, b"0") for series in plan.series),
        [sums.get((s.rule, s.labels), math.inf) for s in plan.sums],
        [()] * len(plan.stale),
    )
