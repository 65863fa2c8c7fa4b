"""``perfanalysis loadtest compare``: whether results really differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import click

from loadtest import bridged, comparison, comparison_output, earlier_runs, presentation, sides
from loadtest.bridged import Bridged
from loadtest.commands import options
from loadtest.comparison import Comparison
from loadtest.earlier_runs import Earlier
from loadtest.gate import Outcome, outcome
from loadtest.sides import Side
from loadtest.verdict_text import power_text, text
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.number_range import NumberRange
from perfanalysis.results import archive, bridge
from perfanalysis.results.archive import Archive, Entry
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
@click.option(
    "--fail-if-slower",
    type=NumberRange(min=0, max=100),
    metavar="PERCENT",
    help="Exit with status 1 when a side is surely slower than the first one by more than this.",
)
@click.option(
    "--fail-if-unsure",
    is_flag=True,
    help="With --fail-if-slower: exit with status 1 also when that cannot be told.",
)
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
    fail_if_slower: float | None,
    fail_if_unsure: bool,
    bridges: tuple[Path, ...],
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Tell whether RESULTS really differ from the first of them.

    Each is a file, a folder (its results are taken together), the id of a run, latest, or latest~N.
    """
    if fail_if_unsure and fail_if_slower is None:
        raise InputError("--fail-if-unsure", "", "--fail-if-slower PERCENT beside it")
    state = options.state_directory(state_directory)
    known = Archive(state, kernel)
    found = [(word, _kept(word, known.find(word), valid_only)) for word in results]
    given = _sides(found, group_by)
    compared, crossed = _bridged(given, [one for path in bridges for one in bridge.read(path)])
    sides.check(compared)
    read = cache(lambda: _elsewhere(known, spread_from, state, kernel))
    tables = [
        comparison.compare(
            compared[0],
            side,
            _finder(given, compared[0], side, read),
            pair=not unpaired,
            bridges=_between(crossed[0], own),
        )
        for side, own in zip(compared[1:], crossed[1:], strict=True)
    ]
    if as_json:
        options.print_json(comparison_output.as_json(tables, fail_if_slower))
    else:
        console = presentation.console()
        for table in tables:
            comparison_output.show(table, fail_if_slower, console)
        if len(tables) > 1:
            console.print(f"- {comparison_output.SIDES}", highlight=False)
    if fail_if_slower is not None:
        _gate(tables, fail_if_slower, fail_if_unsure)


def _kept(word: str, entries: Sequence[Entry], valid_only: bool) -> list[Entry]:
    kept = [e for e in entries if not valid_only or e.document.valid is True]
    if not kept:
        raise InputError(word, "valid", "at least one result that is valid, as --valid-only asks")
    return kept


def _sides(found: Sequence[tuple[str, list[Entry]]], group_by: str | None) -> list[Side]:
    if group_by is not None:
        each = {e.document.test_id: e.document for _, entries in found for e in entries}
        return sides.group(list(each.values()), group_by)
    if len(found) < 2:
        raise InputError("RESULTS", "", "at least two to compare, or --group-by", found[0][0])
    return [Side(word, tuple(e.document for e in entries)) for word, entries in found]


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


def _gate(tables: Sequence[Comparison], percent: float, fail_if_unsure: bool) -> None:
    """Fail by the intervals of the primary figures; say what cannot be told.

    Raises:
        PerfAnalysisError: which sides are slower, or of which that cannot be told.
    """
    by_outcome: dict[Outcome, list[Comparison]] = {each: [] for each in Outcome}
    for table in tables:
        by_outcome[outcome(table, percent)].append(table)
    first = tables[0].baseline.name
    slower = [
        f"{table.other.name} is {text(table.primary)} ({table.primary.figure})"
        for table in by_outcome[Outcome.SLOWER]
    ]
    unsure = [
        f"{table.other.name}: {text(table.primary)} ({table.primary.figure}); "
        f"{power_text(table, percent)}"
        for table in by_outcome[Outcome.UNSURE]
    ]
    doubt = f"unsure whether slower than {first} by more than {percent:g} %: {'; '.join(unsure)}"
    if slower:
        beside = f"; {doubt}" if unsure else ""
        raise PerfAnalysisError(
            f"slower than {first} by more than {percent:g} %: {'; '.join(slower)}{beside}"
        )
    if unsure and fail_if_unsure:
        raise PerfAnalysisError(doubt)
    if unsure:
        click.echo(f"perfanalysis: {doubt}", err=True)
