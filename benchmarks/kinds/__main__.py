"""``python -m benchmarks.kinds TABLE``: learn all kinds anew, or measure what each part adds.

TABLE is a CSV file in the layout of docs/kinds.md; ours was made from sc-inspector-data of Spare
Cores (CC BY-SA 4.0). ``learn`` takes half a minute a kind; ``selection``, ``limits`` and
``tried`` write what docs/kinds.md shows.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from benchmarks.kinds import limits, selection, tried
from loadtest.kinds.reading import read_table
from perfanalysis.atomic_write import write_atomically
from perfanalysis.kinds import shipped, whole_tables
from perfanalysis.kinds.catalogue import BY_NAME, KINDS, Kind

LEARNED = Path(shipped.__file__).parent / "learned"
RESULTS = Path(__file__).parent / "results"
TABLE = click.argument("table", type=click.Path(exists=True, path_type=Path))
ONLY = click.option("--kind", "names", multiple=True, help="Only this kind; may be given again.")


@click.group()
def main() -> None:
    """Learn the kinds of work from a table, and measure what each part adds."""


@main.command()
@TABLE
@ONLY
@click.option("--source", default=shipped.ATTRIBUTION, help="Where the table is from.")
def learn(table: Path, names: tuple[str, ...], source: str) -> None:
    """Learn the kinds, and write what this program comes with."""
    rows = read_table(table)
    for kind in _kinds(names):
        learned = whole_tables.learn(rows, kind, source)
        write_atomically(LEARNED / f"{kind.name}.json", shipped.encoded(learned))
        click.echo(kind.name)


@main.command("selection")
@TABLE
@ONLY
def select(table: Path, names: tuple[str, ...]) -> None:
    """Add the kernels one by one, the most telling first, held out by CPU model."""
    rows = read_table(table)
    found = {kind.name: selection.forward(rows, kind) for kind in _kinds(names)}
    _write("selection", found)


@main.command("limits")
@TABLE
@ONLY
@click.option("--quick", is_flag=True, help="Only what could be told at best.")
def show_limits(table: Path, names: tuple[str, ...], quick: bool) -> None:
    """Show what could be told at best, and what other ways of learning give."""
    rows = read_table(table)
    found = {kind.name: limits.of(rows, kind, quick=quick) for kind in _kinds(names)}
    _write("limits", found)


@main.command("tried")
@TABLE
@ONLY
def show_tried(table: Path, names: tuple[str, ...]) -> None:
    """Show what further facts and kernels add, held out by CPU model."""
    rows = read_table(table)
    _write("tried", {kind.name: tried.of(rows, kind) for kind in _kinds(names)})


def _kinds(names: tuple[str, ...]) -> list[Kind]:
    return [BY_NAME[name] for name in names] if names else list(KINDS)


def _write(name: str, found: object) -> None:
    text = json.dumps(found, indent=1) + "\n"
    write_atomically(RESULTS / f"{name}.json", text.encode())
    click.echo(text)


if __name__ == "__main__":
    main()
