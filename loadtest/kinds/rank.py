"""``perfanalysis kinds rank``: instance types that nobody here measured, ranked for a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.table import Table

from loadtest import presentation
from loadtest.commands import options
from loadtest.kind_files import read_kind
from loadtest.kinds.reading import read_table
from perfanalysis.errors import InputError
from perfanalysis.kinds import answers
from perfanalysis.kinds.answers import MEASURED_BY_OTHERS, Answer
from perfanalysis.kinds.model import Learned
from perfanalysis.kinds.table import TableRow
from perfanalysis.machines.identity import ON_DEMAND, PURCHASE_OPTIONS
from perfanalysis.machines.inventory import read_inventory
from perfanalysis.printable import printable

Prices = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class RankPlace:
    """A type in the ranking; ``answer`` is its work over the reference's, ``price`` an hour's."""

    row: TableRow
    answer: Answer
    price: float | None = None
    reference_price: float | None = None

    @property
    def factor(self) -> float:
        """What turns the ratio of work into that of work for a dollar; 1 without prices."""
        if self.price is None or self.reference_price is None:
            return 1.0
        return self.reference_price / self.price


@click.command()
@click.option(
    "--public-table",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="A CSV file with a row an instance type, or a folder in Spare Cores' raw layout.",
)
@click.option("--kind", "kind_name", required=True, help="A name of kinds list, or a file.")
@click.option("--against", default="", help="The type that the others are held against.")
@click.option("--provider", default="", help="Only types of this provider.")
@click.option(
    "--inventory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An inventory file with prices: rank by work for a dollar, priced types only.",
)
@click.option(
    "--purchase",
    type=click.Choice(PURCHASE_OPTIONS),
    default=ON_DEMAND,
    show_default=True,
    help="Which price of the inventory.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many types to show.",
)
@options.AS_JSON
def rank(  # noqa: PLR0913, PLR0917 - one parameter an option
    public_table: Path,
    kind_name: str,
    against: str,
    provider: str,
    inventory: Path | None,
    purchase: str,
    top: int,
    as_json: bool,
) -> None:
    """Rank instance types that nobody here measured, from a table that others made.

    Each is one machine measured by others: its interval also holds what like types differ by.
    """
    learned = read_kind(kind_name)
    rows = [row for row in read_table(public_table) if provider in {"", row.provider}]
    prices = _prices(inventory, purchase) if inventory else None
    if prices is not None:
        rows = [row for row in rows if _key(row) in prices]
        if not rows:
            expected = "a machine with a price whose provider and instance_type the table has"
            raise InputError(str(inventory), "machines", expected, "none")
    reference = _reference(rows, against, learned, public_table)
    places = _places(rows, reference, learned, prices)
    if not places:
        needed = ", ".join(learned.models[-1].kernels)
        raise InputError(str(public_table), "", f"the reference's kernel figures ({needed})")
    if as_json:
        options.print_json([_as_json(place) for place in places[:top]])
        return
    _print(places[:top], reference, learned, priced=prices is not None)
    if left := len(rows) - len(places):
        click.echo(f"{left} types have no answer: kernel figures are missing")


def _prices(path: Path, purchase: str) -> Prices:
    """Dollars an hour by provider and type; the lowest, where machines of a type differ."""
    found: dict[tuple[str, str], float] = {}
    for machine in read_inventory(path).machines:
        price = machine.prices.get(purchase)
        key = (machine.provider.lower(), machine.instance_type.lower())
        if price is not None and all(key):
            found[key] = min(price, found.get(key, price))
    return found


def _key(row: TableRow) -> tuple[str, str]:
    return row.provider.lower(), row.instance_type.lower()


def _reference(rows: Sequence[TableRow], against: str, learned: Learned, table: Path) -> TableRow:
    """The type that was asked for, else that with the most work that can be told."""
    if against:
        for row in rows:
            if against.lower() in {row.instance_type.lower(), row.machine.name.lower()}:
                return row
        raise InputError("--against", "", f"a type of {table} that is ranked", against)
    for model in learned.models:
        told = [row for row in rows if all(name in row.machine.figures for name in model.kernels)]
        if told:
            return max(told, key=lambda row: model.log_work(row.machine))
    needed = ", ".join(learned.models[-1].kernels)
    raise InputError(str(table), "", f"types with the kernel figures {needed}", "none")


def _places(
    rows: Sequence[TableRow], reference: TableRow, learned: Learned, prices: Prices | None
) -> list[RankPlace]:
    """All types that can be told, the most work (for a dollar, with prices) first."""
    found: list[RankPlace] = []
    for row in rows:
        answer = answers.compare(learned, row.machine, reference.machine, source=MEASURED_BY_OTHERS)
        if isinstance(answer, Answer):
            price = prices[_key(row)] if prices is not None else None
            base = prices[_key(reference)] if prices is not None else None
            found.append(RankPlace(row, answer, price, base))
    return sorted(found, key=lambda place: -place.answer.ratio * place.factor)


def _print(
    places: Sequence[RankPlace], reference: TableRow, learned: Learned, *, priced: bool
) -> None:
    what = f"{learned.kind} for a dollar" if priced else learned.kind
    name = reference.machine.name
    title = f"{what}, as a part of {name}: {MEASURED_BY_OTHERS}"
    table = Table(title=printable(title), title_justify="left")
    for heading in ("provider", "type", "CPU model"):
        table.add_column(heading, overflow="fold")
    for heading in ("CPUs", *(["$ an hour"] if priced else []), "ratio", "90 % interval", ""):
        table.add_column(heading, justify="right")
    for place in places:
        table.add_row(*_cells(place, reference, priced=priced))
    console = presentation.console()
    console.print(table)
    notes = {note for place in places for note in _notes(place.answer)}
    for note in sorted(notes):
        console.print(note, markup=False, highlight=False)
    console.print(f"{printable(learned.source)}.", markup=False, highlight=False)


def _cells(place: RankPlace, reference: TableRow, *, priced: bool) -> list[str]:
    machine, answer, factor = place.row.machine, place.answer, place.factor
    low, high = answer.lower * factor, answer.upper * factor
    verdict = "more" if low > 1 else "less" if high < 1 else "cannot tell"
    names = [place.row.provider, place.row.instance_type, machine.cpu_model]
    cells = [*(printable(name) for name in names), str(machine.cpus)]
    if priced:
        cells.append(f"{place.price:.4g}")
    ratio, interval = f"{answer.ratio * factor:.3g}", f"{low:.3g} .. {high:.3g}"
    if place.row is reference:
        interval, verdict = "", "the reference"
    return [*cells, ratio, interval, verdict]


def _notes(answer: Answer) -> list[str]:
    notes = [f"Learned from {answer.method}."] if answer.few else []
    if answer.outside:
        notes.append("Outside of all that was learned from: " + ", ".join(answer.outside))
    if answer.missing:
        notes.append("Not in the table, of some types: " + ", ".join(answer.missing))
    return notes


def _as_json(place: RankPlace) -> dict[str, object]:
    answer, factor = place.answer, place.factor
    return {
        "provider": place.row.provider,
        "instance_type": place.row.instance_type,
        "cpu_model": place.row.machine.cpu_model,
        "logical_cpus": place.row.machine.cpus,
        "kind": answer.kind,
        "ratio": answer.ratio * factor,
        "lower": answer.lower * factor,
        "upper": answer.upper * factor,
        "level": answer.level,
        "method": answer.method,
        "per_dollar": place.price is not None,
        "price_dollars_per_hour": place.price,
        "used": list(answer.used),
        "missing": list(answer.missing),
        "outside": list(answer.outside),
    }
