"""A comparison as a table for people, and as JSON for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from loadtest import remarks, verdict_text
from loadtest.comparison import Comparison, Row
from loadtest.gate import outcome
from loadtest.sides import Side
from perfanalysis.estimates.ratios import MOST_RUNS
from perfanalysis.results.conditions import shown

SIDES = "of each side alone: with many sides, one of 20 equal ones is called different"


def show(found: Comparison, percent: float | None, console: Console) -> None:
    """Print one side against the baseline.

    Args:
        found: the comparison.
        percent: the slow-down that a gate asks about; None: there is no gate.
        console: where to.
    """
    document = found.baseline.documents[0]
    first, other = found.baseline.name, found.other.name
    title = f"{other} against {first}: kernel {document.kernel}"
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    for heading in (first, other, "ratio"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("verdict")
    for row in found.rows:
        table.add_row(
            f"{row.figure} *" if row.primary else row.figure,
            f"{row.baseline:.5g}",
            f"{row.value:.5g}",
            f"{row.ratio.value:.4f}",
            verdict_text.text(row),
        )
    console.print(table)
    said = [_primary(found), verdict_text.power_text(found, percent), *remarks.remarks(found)]
    for remark in said:
        console.print(f"- {remark}", highlight=False)
    for fact, before, after in remarks.differences(found.baseline, found.other):
        console.print(f"- differs: {fact}: {before} -> {after}", highlight=False)


def _primary(found: Comparison) -> str:
    marked = f"* primary: {found.primary.figure}, and what says the same"
    if all(row.primary for row in found.rows):
        return marked
    return (
        f"{marked}; the other figures are tested behind it, so that of equal sides any figure is "
        "called different in 5 % at most"
    )


def as_json(tables: Sequence[Comparison], percent: float | None) -> dict[str, Any]:
    """All sides against the baseline.

    Args:
        tables: at least one, all of one baseline.
        percent: the slow-down that a gate asks about; None: there is no gate.
    """
    document = tables[0].baseline.documents[0]
    return {
        "kernel": document.kernel,
        "kernel_version": document.kernel_version,
        "baseline": side(tables[0].baseline),
        "comparisons": [_comparison(table, percent) for table in tables],
    }


def _comparison(found: Comparison, percent: float | None) -> dict[str, Any]:
    made: dict[str, Any] = side(found.other) | {
        "basis": found.basis,
        "paired": found.matched.paired,
        "primary_figure": found.primary.figure,
        "verdict": found.primary.verdict,
    }
    if found.matched.paired:
        made["pairs"] = [machine.label for machine in found.matched.baseline]
        made["left_out"] = [
            {"machine": machine, "side": side} for machine, side in found.matched.left_out
        ]
    made["power"] = _power(found, percent)
    if percent is not None:
        made["gate"] = {"slower_percent": percent, "outcome": outcome(found, percent).value}
    made["figures"] = [_row(row) for row in found.rows]
    made["conditions"] = [
        {"condition": name, "baseline": shown(one), "value": shown(other)}
        for name, one, other in found.unlike
    ]
    made["remarks"] = remarks.remarks(found)
    made["differences"] = [
        {"fact": fact, "baseline": before, "value": after}
        for fact, before, after in remarks.differences(found.baseline, found.other)
    ]
    return made


def _power(found: Comparison, percent: float | None) -> dict[str, Any]:
    made: dict[str, Any] = {"text": verdict_text.power_text(found, percent)}
    if (least := verdict_text.detectable_percent(found)) is not None:
        made["seen_in_80_of_100_percent"] = least
    if percent is not None and 0 < percent < 100:
        share = verdict_text.seen_share(found, percent)
        beyond = verdict_text.detectable_percent(found, percent)
        if share is not None and beyond is not None:
            made |= {
                "difference_percent": percent,
                "seen_ratio": share,
                "surely_beyond_it_in_80_of_100_percent": beyond,
            }
    return made


def side(one: Side) -> dict[str, Any]:
    """A side as JSON: its name, machines and results."""
    return {
        "name": one.name,
        "machines": [machine.label for machine in one.machines if machine.name],
        "test_ids": [document.test_id for document in one.documents],
    }


def _row(row: Row) -> dict[str, Any]:
    ratio = row.ratio
    known = {
        "lower": ratio.lower,
        "upper": ratio.upper,
        "adjusted_p_value": row.p_value,
        "more_runs": ratio.more,
    }
    if (ratio.more is not None and ratio.more > MOST_RUNS) or row.withheld == "conditions":
        del known["more_runs"]
    made: dict[str, Any] = {
        "figure": row.figure,
        "primary": row.primary,
        "baseline": row.baseline,
        "value": row.value,
        "ratio": ratio.value,
        "basis": ratio.basis,
        **{key: v for key, v in known.items() if v is not None and math.isfinite(v)},
        "verdict": row.verdict,
    }
    if row.withheld is not None:
        made["withheld"] = row.withheld
    return made | {"text": verdict_text.text(row)}
