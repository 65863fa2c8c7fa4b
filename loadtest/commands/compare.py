"""``perfanalysis loadtest compare``: whether results really differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from loadtest import comparison, presentation, remarks
from loadtest.commands import options
from loadtest.comparison import Row, Side
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.estimates.ratios import MOST_RUNS
from perfanalysis.number_range import NumberRange
from perfanalysis.results.archive import Archive, Entry


@click.command()
@click.argument("results", nargs=-1, required=True)
@click.option(
    "--group-by",
    type=click.Choice(list(comparison.GROUPS)),
    help="Take all results together, and compare machines, or types of machines.",
)
@click.option("--valid-only", is_flag=True, help="Leave results out that are not valid.")
@click.option(
    "--fail-if-slower",
    type=NumberRange(min=0, max=100),
    metavar="PERCENT",
    help="Exit with status 1 when a side is surely slower than the first one by more than this.",
)
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def compare(  # noqa: PLR0913, PLR0917 - one for each flag
    results: tuple[str, ...],
    group_by: str | None,
    valid_only: bool,
    fail_if_slower: float | None,
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Tell whether RESULTS really differ from the first of them.

    Each is a file, a folder (its results are taken together), the id of a run, latest, or latest~N.
    """
    archive = Archive(options.state_directory(state_directory), kernel)
    found = [(word, _kept(word, archive.find(word), valid_only)) for word in results]
    sides = _sides(found, group_by)
    comparison.check(sides)
    first, others = sides[0], sides[1:]
    tables = [(other, comparison.rows(first, other)) for other in others]
    if as_json:
        options.print_json(_as_json(first, tables))
    else:
        console = presentation.console()
        for other, rows in tables:
            _print(first, other, rows, console)
    if fail_if_slower is not None:
        _fail(first, tables, fail_if_slower)


def _kept(word: str, entries: Sequence[Entry], valid_only: bool) -> list[Entry]:
    kept = [e for e in entries if not valid_only or e.document.valid is True]
    if not kept:
        raise InputError(word, "valid", "at least one result that is valid, as --valid-only asks")
    return kept


def _sides(found: Sequence[tuple[str, list[Entry]]], group_by: str | None) -> list[Side]:
    if group_by is not None:
        each = {e.document.test_id: e.document for _, entries in found for e in entries}
        return comparison.group(list(each.values()), group_by)
    if len(found) < 2:
        raise InputError("RESULTS", "", "at least two to compare, or --group-by", found[0][0])
    return [Side(word, tuple(e.document for e in entries)) for word, entries in found]


def _print(first: Side, other: Side, rows: Sequence[Row], console: Console) -> None:
    document = first.documents[0]
    table = Table(
        title=f"{other.name} against {first.name}: kernel {document.kernel}",
        title_justify="left",
    )
    table.add_column("figure")
    for heading in (first.name, other.name, "ratio"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("verdict")
    for row in rows:
        table.add_row(
            row.figure,
            f"{row.baseline:.5g}",
            f"{row.value:.5g}",
            f"{row.ratio.value:.4f}",
            comparison.text(row.ratio),
        )
    console.print(table)
    for remark in remarks.remarks(first, other, rows[-1].ratio.basis):
        console.print(f"- {remark}", highlight=False)
    for fact, before, after in remarks.differences(first, other):
        console.print(f"- differs: {fact}: {before} -> {after}", highlight=False)


def _as_json(first: Side, tables: Sequence[tuple[Side, list[Row]]]) -> dict[str, Any]:
    document = first.documents[0]
    return {
        "kernel": document.kernel,
        "kernel_version": document.kernel_version,
        "baseline": _side(first),
        "comparisons": [
            _side(other)
            | {
                "basis": rows[-1].ratio.basis,
                "figures": [_row(row) for row in rows],
                "remarks": remarks.remarks(first, other, rows[-1].ratio.basis),
                "differences": [
                    {"fact": fact, "baseline": before, "value": after}
                    for fact, before, after in remarks.differences(first, other)
                ],
            }
            for other, rows in tables
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "machines": [name for name in side.machines if name],
        "test_ids": [document.test_id for document in side.documents],
    }


def _row(row: Row) -> dict[str, Any]:
    ratio = row.ratio
    known = {"lower": ratio.lower, "upper": ratio.upper, "more_runs": ratio.more}
    if ratio.more is not None and ratio.more > MOST_RUNS:
        del known["more_runs"]
    return {
        "figure": row.figure,
        "baseline": row.baseline,
        "value": row.value,
        "ratio": ratio.value,
        **{key: v for key, v in known.items() if v is not None and math.isfinite(v)},
        "verdict": ratio.verdict,
        "text": comparison.text(ratio),
    }


def _fail(first: Side, tables: Sequence[tuple[Side, list[Row]]], percent: float) -> None:
    """Fail when the whole interval of the highest figure lies below the limit.

    Raises:
        PerfAnalysisError: which sides are slower.
    """
    slower = []
    for other, rows in tables:
        by_name = {row.figure: row for row in rows}
        row = by_name.get(comparison.MAX, rows[-1])
        upper = row.ratio.upper
        if upper is not None and upper < 1 - percent / 100:
            slower.append(f"{other.name} is {comparison.text(row.ratio)} ({row.figure})")
    if slower:
        raise PerfAnalysisError(
            f"slower than {first.name} by more than {percent:g} %: {'; '.join(slower)}"
        )
