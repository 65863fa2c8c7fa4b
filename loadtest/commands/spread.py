"""``perfanalysis loadtest spread``: how much runs of a machine, and machines of a type, differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from msgspec import structs
from rich.table import Table

from loadtest import presentation
from loadtest.bridged import Bridged, cross
from loadtest.commands import options
from loadtest.spread_classes import SpreadClass, classes
from perfanalysis.errors import InputError
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import Spreads
from perfanalysis.printable import printable
from perfanalysis.results import bridge, conditions, machine_identity
from perfanalysis.results.archive import Archive
from perfanalysis.results.conditions import UNKNOWN, Difference, shown
from perfanalysis.results.document import Document

MAX = "max_units_per_second"


@click.command()
@click.argument("results", nargs=-1, required=True)
@click.option("--valid-only", is_flag=True, help="Leave results out that are not valid.")
@options.BRIDGE
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def spread(  # noqa: PLR0913, PLR0917 - one for each flag
    results: tuple[str, ...],
    valid_only: bool,
    bridges: tuple[Path, ...],
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
    known = [one for path in bridges for one in bridge.read(path)]
    crossed = {run.test_id: one for run in chosen if (one := cross(run, known, widen=False))}
    whole = _like_bridged(chosen, crossed) if crossed else chosen
    rows = classes([run for run in whole if machine_identity.told(run)], crossed)
    if as_json:
        options.print_json([_as_json(row) for row in rows])
    else:
        _print(rows)
    _say(chosen, as_json=as_json)


def _like_bridged(chosen: Sequence[Document], crossed: Mapping[str, Bridged]) -> list[Document]:
    """The results in one unit: bridged ones have full load alone, so the levels of none matter."""
    full = next(iter(crossed.values())).document.levels[0].busy
    return [
        crossed[run.test_id].document
        if run.test_id in crossed
        else structs.replace(run, levels=tuple(one for one in run.levels if one.busy == full))
        for run in chosen
    ]


def _print(rows: Sequence[SpreadClass]) -> None:
    table = Table(caption_justify="left")
    for heading in ("kernel", "version", "type"):
        table.add_column(heading, overflow="fold")
    for heading in ("machines", "runs", "max units/s", "within a machine", "between machines"):
        table.add_column(heading, justify="right")
    for row in rows:
        found = row.spreads
        kind = (row.kernel, row.kernel_version, f"{row.type} *" if row.differs else row.type)
        table.add_row(*kind, str(found.machines), str(found.runs), *_cells(found))
    console = presentation.console()
    console.print(table)
    for row in rows:
        if row.differs:
            said = ", ".join(_difference(difference) for difference in row.differs)
            runs = row.spreads.runs
            count = "1 run" if runs == 1 else f"{runs} runs"
            text = f"* {row.type}: {count} apart, the conditions differ: {said}"
            console.print(text, highlight=False, markup=False)
        if row.bridged is not None:
            share = f"{len(row.crossed)} of {row.spreads.runs} runs bridged"
            text = f"{row.type}: {share}: {row.bridged.remark}"
            console.print(text, highlight=False, markup=False)
        if unknown := conditions.unknown(row.machines[0].documents[0]):
            names = ", ".join(name.replace("_", " ") for name in unknown)
            text = f"{row.type}: conditions unknown, taken for alike: {names}"
            console.print(text, highlight=False, markup=False)


def _difference(difference: Difference) -> str:
    name = difference.name.replace("_", " ")
    return f"{name} {printable(shown(difference.one))} -> {printable(shown(difference.other))}"


def _say(chosen: Sequence[Document], *, as_json: bool) -> None:
    """What a reader must know of single results; beside JSON on standard error."""
    for document in chosen:
        if not machine_identity.told(document):
            reason = "it tells neither id nor name of its machine"
            click.echo(f"{document.test_id} is in no spread: {reason}", err=as_json)
        if document.invalid_reasons and not as_json:
            reason = printable(document.invalid_reasons[0])
            click.echo(f"{document.test_id} is not valid: {reason}")


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


def _as_json(row: SpreadClass) -> dict[str, Any]:
    found = row.spreads
    rate = found.rate if isinstance(found.rate, Estimate) else None
    result: dict[str, Any] = {
        "kernel": row.kernel,
        "kernel_version": row.kernel_version,
        "type": row.type,
        "conditions": {
            name: shown(value) if value is None else value
            for name, value in asdict(row.conditions).items()
            if value is not UNKNOWN
        },
        "differs": [
            {"condition": name, "from": shown(one), "to": shown(other)}
            for name, one, other in row.differs
        ],
        "machines": found.machines,
        "runs": found.runs,
        **({} if row.bridged is None else {"bridged": _bridged(row.bridged, row.crossed)}),
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


def _bridged(found: Bridged, crossed: frozenset[str]) -> dict[str, Any]:
    return {
        "bridge_id": found.source.bridge_id,
        "test_ids": sorted(crossed),
        "remark": found.remark,
    }
