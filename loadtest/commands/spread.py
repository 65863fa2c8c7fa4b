"""``perfanalysis loadtest spread``: how much runs of a machine, and machines of a type, differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from loadtest import presentation
from loadtest.commands import options
from perfanalysis.errors import InputError
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import Spreads, spreads
from perfanalysis.printable import printable
from perfanalysis.results.archive import Archive
from perfanalysis.results.document import Document

MAX = "max_units_per_second"
UNKNOWN_TYPE = "unknown"


@click.command()
@click.argument("results", nargs=-1, required=True)
@click.option("--valid-only", is_flag=True, help="Leave results out that are not valid.")
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def spread(
    results: tuple[str, ...],
    valid_only: bool,
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Sum RESULTS into the spread within machines and the spread between machines of a type.

    Each is a file, a folder, the id of a run, latest, or latest~N. The figure is the maximum.
    """
    archive = Archive(options.state_directory(state_directory), kernel)
    entries = {e.document.test_id: e.document for word in results for e in archive.find(word)}
    chosen = [
        document
        for document in entries.values()
        if document.max_units_per_second is not None and (not valid_only or document.valid is True)
    ]
    if not chosen:
        raise InputError(results[0], MAX, "at least one (valid) result with the level 100")
    rows = [_row(kind, documents) for kind, documents in _by_type(chosen).items()]
    if as_json:
        options.print_json([_as_json(kind, found) for kind, found in rows])
        return
    table = Table(caption_justify="left")
    for heading in ("kernel", "version", "type"):
        table.add_column(heading, overflow="fold")
    for heading in ("machines", "runs", "max units/s", "within a machine", "between machines"):
        table.add_column(heading, justify="right")
    for kind, found in rows:
        table.add_row(*kind, str(found.machines), str(found.runs), *_cells(found))
    presentation.console().print(table)
    for document in chosen:
        if document.invalid_reasons:
            reason = printable(document.invalid_reasons[0])
            click.echo(f"{document.test_id} is not valid: {reason}")


Kind = tuple[str, str, str]


def _by_type(documents: Sequence[Document]) -> dict[Kind, list[Document]]:
    """Results of one kernel, version and instance type together: only these are of one kind."""
    found: dict[Kind, list[Document]] = {}
    for document in documents:
        machine = document.machine
        # Without a type each machine is its own: nothing says that two of them are alike.
        kind = machine.instance_type or f"{UNKNOWN_TYPE} ({machine.name or ''})"
        found.setdefault((document.kernel, document.kernel_version, kind), []).append(document)
    return dict(sorted(found.items()))


def _row(kind: Kind, documents: Sequence[Document]) -> tuple[Kind, Spreads]:
    machines: dict[str, list[float]] = {}
    for document in documents:
        if (maximum := document.max_units_per_second) is not None:
            machines.setdefault(document.machine.name or "", []).append(maximum)
    return kind, spreads(list(machines.values()))


def _cells(found: Spreads) -> tuple[str, str, str]:
    rate = found.rate
    shown = (
        f"{rate.value:.5g} ({rate.lower:.5g} .. {rate.upper:.5g})"
        if isinstance(rate, Estimate)
        else f"{rate:.5g}"
    )
    if found.both is not None:
        return shown, "unknown: one run of each", f"unknown; both: {_percent(found.both)}"
    within = "unknown: one run" if found.within is None else _percent(found.within)
    between = (
        "unknown: one machine of the type" if found.between is None else _percent(found.between)
    )
    return shown, within, between


def _percent(spread: Estimate) -> str:
    return f"{spread.value:.2%} ({spread.lower:.2%} .. {spread.upper:.2%})"


def _as_json(kind: Kind, found: Spreads) -> dict[str, Any]:
    rate = found.rate if isinstance(found.rate, Estimate) else None
    result: dict[str, Any] = {
        "kernel": kind[0],
        "kernel_version": kind[1],
        "type": kind[2],
        "machines": found.machines,
        "runs": found.runs,
        MAX: found.rate if rate is None else rate.value,
    }
    if rate is not None:
        result |= {"lower": rate.lower, "upper": rate.upper}
    for name, estimate in (
        ("within_machine", found.within),
        ("between_machines", found.between),
        ("both", found.both),
    ):
        if estimate is not None:
            result[name] = {
                "variation": estimate.value,
                "lower": estimate.lower,
                "upper": estimate.upper,
            }
    return result
