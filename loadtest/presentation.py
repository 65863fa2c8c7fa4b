"""A result document as a table for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from loadtest.document import Document


def show(document: Document, console: Console) -> None:
    """Print a result: one row a level, then the verdict.

    Args:
        document: valid by the schema.
        console: where to.
    """
    machine = document["machine"]
    table = Table(
        title=f"{machine.get('name', document['test_id'])}: kernel {document['kernel']} "
        f"on {len(machine['used_cpus'])} CPUs",
        title_justify="left",
    )
    for heading in ("busy asked", "reached", "steal", "units/s", "95 % interval", "slices"):
        table.add_column(heading, justify="right")
    for level in document["levels"]:
        steal = level.get("steal_ratio")
        table.add_row(
            f"{level['busy']} %",
            f"{level['busy_ratio']:.2%}",
            "" if steal is None else f"{steal:.2%}",
            f"{level['units_per_second']:.5g}",
            f"{level['lower']:.5g} .. {level['upper']:.5g}",
            f"{len(level['slices']) - level['slices_excluded']}/{len(level['slices'])}",
        )
    console.print(table)
    single = document.get("single_units_per_second")
    if single is not None:
        console.print(f"one worker on one CPU: {single:.5g} units/s")
    console.print(f"{document['test_id']}, {document['duration_seconds']:.1f} s")
    for reason in document["invalid_reasons"]:
        console.print(f"not valid: {reason}", style="yellow", highlight=False)
    for entry in document.get("thresholds", []):
        console.print(threshold_line(entry), highlight=False)


def threshold_line(entry: dict[str, Any]) -> str:
    """One verdict in words."""
    if entry["passed"] is None:
        return f"threshold {entry['name']}: cannot tell, the figure is unknown"
    said = "passed" if entry["passed"] else "not passed"
    doubt = "" if entry["certain"] else ", but the interval reaches over the limit"
    return f"threshold {entry['name']}: {said} ({entry['value']:.5g}){doubt}"
