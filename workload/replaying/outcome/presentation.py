"""How a replay followed, for people: while it goes on, and at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from workload.replaying.outcome.accuracy import ResourceAccuracy

CPU = "cpu"
OPERATIONS = ("disk_reads", "disk_writes")
MEMORY = ("memory", "page_cache")
_STEPS = (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10))


def is_share(resource: str) -> bool:
    """Whether it is a share of what there is; all others have a unit of their own."""
    return resource.startswith(CPU)


def amount(resource: str, value: float | None) -> str:
    """A value in its resource's unit, as people read it; "": unknown."""
    if value is None or math.isnan(value):
        return ""
    if is_share(resource):
        return f"{value * 100:.2f} %"
    if resource in OPERATIONS:
        return f"{value:.3g}/s"
    per = "" if resource in MEMORY else "/s"
    for letter, size in _STEPS:
        if abs(value) >= size:
            return f"{value / size:.3g} {letter}iB{per}"
    return f"{value:.3g} B{per}"


def unit_of(resource: str, value: float | None) -> tuple[float, str]:
    """What values about as large as this one are divided by, and the unit that they then have."""
    if is_share(resource):
        return 0.01, "%"
    if resource in OPERATIONS:
        return 1.0, "1/s"
    per = "" if resource in MEMORY else "/s"
    for letter, size in _STEPS:
        if value is not None and abs(value) >= size:
            return float(size), f"{letter}iB{per}"
    return 1.0, f"B{per}"


def report_table(found: Sequence[ResourceAccuracy]) -> Table:
    """All resources of a replay that has ended; distances of shares are percentage points."""
    # Narrow enough for 80 columns, since a cut number tells nothing.
    title = "Replay: target, and distance of the actual from it"
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1), pad_edge=False)
    table.collapse_padding, table.show_edge = True, False
    table.add_column("resource", no_wrap=True)
    for column in ("target", "distance", "bias", "P95"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for column in ("r", "ticks", "beyond"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in found:
        values = (one.mean_target, one.mean_absolute_error, one.bias, one.p95_error)
        known = [abs(value) for value in values if value is not None and not math.isnan(value)]
        size, unit = unit_of(one.resource, max(known, default=None))
        table.add_row(
            one.resource,
            *("" if value is None else _short(value / size) for value in values),
            unit,
            "" if one.correlation is None else f"{one.correlation:.3f}",
            str(one.ticks),
            str(one.unreachable),
        )
    return table


def _short(value: float) -> str:
    """A number of at most six characters where it is below 100,000 of its unit."""
    if 0 < abs(value) < 0.001:
        return f"{value:.0e}"
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.3g}"


def unreachable_lines(found: Sequence[ResourceAccuracy]) -> list[str]:
    """What was asked for and cannot be had here, one line a resource."""
    lines = []
    for one in found:
        if one.unreachable and one.most_needed is not None:
            needed = amount(one.resource, one.most_needed)
            if is_share(one.resource):
                needed = f"{one.most_needed * 100:.0f} %"
            have = amount(one.resource, one.most_possible)
            lines.append(
                f"{one.resource}: {one.unreachable} ticks needed more than this machine has; the "
                f"worst needed {needed} of {have}"
            )
    return lines
