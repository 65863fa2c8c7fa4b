"""``perfanalysis loadtest compare``: whether results really differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import click
from rich.console import Console

from loadtest import (
    bridged,
    by_kind,
    by_kind_output,
    comparison,
    comparison_output,
    earlier_runs,
    presentation,
    sides,
)
from loadtest.bridged import Bridged
from loadtest.by_kind import AskedKinds, ByKind
from loadtest.commands import given_sides, options
from loadtest.commands.gating import Gate, gate_flags
from loadtest.commands.kind_flags import KindFlags, kind_flags
from loadtest.comparison import Comparison
from loadtest.earlier_runs import Earlier
from loadtest.sides import Side
from perfanalysis.results import archive, bridge
from perfanalysis.results.archive import Archive
from perfanalysis.results.bridge import BridgeDocument
from perfanalysis.results.document import Document
from perfanalysis.results.state import RESULTS

# Enough to know a spread well; an archive may hold ten thousands.
MOST_EARLIER = 200


@click.command()
@click.argument("results", nargs=-1, required=True)
@click.option(
    "--group-by",
    type=click.Choice(sides.GROUPS),
    help="Take all results together, and compare machines, or types of machines.",
)
@click.option("--valid-only", is_flag=True, help="Leave results out that are not valid.")
@click.option(
    "--unpaired",
    is_flag=True,
    help="Compare sides as wholes, though they have machines in common.",
)
@click.option(
    "--spread-from",
    "spread_from",
    multiple=True,
    metavar="RESULTS",
    help="Where other runs tell what runs of a machine vary by, for sides of one run; may be "
    "given again; default: the results of the state folder.",
)
@gate_flags
@kind_flags
@options.BRIDGE
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def compare(  # noqa: PLR0913, PLR0917 - one for each flag
    results: tuple[str, ...],
    group_by: str | None,
    valid_only: bool,
    unpaired: bool,
    spread_from: tuple[str, ...],
    gate: Gate,
    asked: KindFlags,
    bridges: tuple[Path, ...],
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Tell whether RESULTS really differ from the first of them.

    Each is a file, a folder (its results are taken together), the id of a run, latest, or latest~N.
    A kernel's ratio holds for that kernel. Below it stand those of real work, kind by kind, where
    folders hold the results of the kernels that tell it (loadtest run --profile kinds).
    """
    gate.check()
    wanted, state = asked.wanted(), options.state_directory(state_directory)
    found = given_sides.find(results, state, kernel, valid_only=valid_only)
    whole = given_sides.made(found, group_by)
    console = None if as_json else presentation.console()
    if not kernel and given_sides.several_kernels(whole) and gate.goes_with(wanted):
        kinds = [by_kind.compare(whole[0], side, wanted) for side in whole[1:]]
        if wanted.asked or any(one.answers for one in kinds):
            _show_kinds(whole, kinds, gate, console)
            gate.by_kinds(kinds)
            return
    given = given_sides.made(given_sides.of_kernel(found, kernel), group_by)
    read = cache(lambda: _elsewhere(Archive(state, kernel), spread_from, state, kernel))
    tables = _tables(given, bridges, read, pair=not unpaired)
    kinds = _kinds(whole, given, wanted)
    _show(tables, kinds, gate.of_figures(wanted), gate.of_kinds(wanted), console)
    if wanted.asked:
        gate.by_kinds(kinds)
    else:
        gate.by_figures(tables)


def _tables(
    given: Sequence[Side],
    bridges: Sequence[Path],
    read: Callable[[], list[Document]],
    *,
    pair: bool,
) -> list[Comparison]:
    """Each side against the first, of one kernel."""
    compared, crossed = _bridged(given, [one for path in bridges for one in bridge.read(path)])
    sides.check(compared)
    return [
        comparison.compare(
            compared[0],
            side,
            _finder(given, compared[0], side, read),
            pair=pair,
            bridges=_between(crossed[0], own),
        )
        for side, own in zip(compared[1:], crossed[1:], strict=True)
    ]


def _kinds(whole: Sequence[Side], given: Sequence[Side], wanted: AskedKinds) -> list[ByKind]:
    """The kinds of the sides of one kernel, by all kernels that each was measured with."""
    by_name = {side.name: side for side in whole}
    own = [by_name.get(side.name, side) for side in given]
    return [by_kind.compare(own[0], side, wanted) for side in own[1:]]


def _show(
    tables: Sequence[Comparison],
    kinds: Sequence[ByKind],
    of_figures: float | None,
    of_kinds: float | None,
    console: Console | None,
) -> None:
    """Print one kernel's comparisons, each with the kinds; without a console as JSON."""
    if console is None:
        made = comparison_output.as_json(tables, of_figures)
        for entry, own in zip(made["comparisons"], kinds, strict=True):
            entry["kinds"] = by_kind_output.as_json(own, of_kinds)
        options.print_json(made)
        return
    for table, own in zip(tables, kinds, strict=True):
        comparison_output.show(table, of_figures, console)
        by_kind_output.show(own, console, tables[0].baseline.documents[0].kernel)
    if len(tables) > 1:
        console.print(f"- {comparison_output.SIDES}", highlight=False)


def _show_kinds(
    whole: Sequence[Side], kinds: Sequence[ByKind], gate: Gate, console: Console | None
) -> None:
    """Print the kinds alone, of sides with several kernels."""
    if console is None:
        made = [
            comparison_output.side(side)
            | {"kinds": by_kind_output.as_json(own, gate.fail_if_slower)}
            for side, own in zip(whole[1:], kinds, strict=True)
        ]
        options.print_json({"baseline": comparison_output.side(whole[0]), "comparisons": made})
        return
    for own in kinds:
        by_kind_output.show(own, console)
    kernels = sorted({run.kernel for side in whole for run in side.documents})
    console.print(f"- --kernel shows one kernel's ratio, of {', '.join(kernels)}", highlight=False)


def _bridged(
    given: Sequence[Side], bridges: Sequence[BridgeDocument]
) -> tuple[list[Side], list[Bridged | None]]:
    """The sides in one unit, and by what each was brought to it."""
    versions = {run.kernel_version for side in given for run in side.documents}
    if not bridges or len(versions) == 1:
        return list(given), [None] * len(given)
    found = [bridged.side(side.documents, bridges, side.name) for side in given]
    made = [Side(side.name, runs) for side, (runs, _) in zip(given, found, strict=True)]
    return made, [one for _, one in found]


def _between(first: Bridged | None, other: Bridged | None) -> list[Bridged]:
    """The bridges whose doubt is in a comparison: one that both sides crossed cancels out."""
    if first and other and first.source.bridge_id == other.source.bridge_id:
        return []
    return [one for one in (first, other) if one is not None]


def _elsewhere(known: Archive, words: Sequence[str], state: Path, kernel: str) -> list[Document]:
    """Results that may tell a spread: those that are named, else the newest of the state folder."""
    if words:
        return [entry.document for word in words for entry in known.find(word)]
    if not (folder := state / RESULTS).is_dir():
        return []
    return [entry.document for entry in islice(archive.latest(folder, kernel), MOST_EARLIER)]


def _finder(
    every: Sequence[Side], first: Side, second: Side, read: Callable[[], list[Document]]
) -> Callable[[Document], Earlier]:
    """What finds other runs of a run's machine: among further sides, and where it is told to.

    Args:
        every: all sides as they were given, in the units of their runs.
        first, second: those that are compared.
        read: reads what there is elsewhere.
    """
    without = (*first.documents, *second.documents)
    beside = {run.test_id: run for side in every for run in side.documents}

    def find(run: Document) -> Earlier:
        # What runs vary by is the same in every unit: a bridged one's are those of its version.
        asked = beside[run.test_id]
        return earlier_runs.of_machine(asked, [*beside.values(), *read()], without)

    return find
