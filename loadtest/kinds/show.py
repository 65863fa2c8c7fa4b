"""``perfanalysis kinds show``: what a kind is made of."""

from __future__ import annotations

import math

import click
import msgspec
from rich.table import Table

from loadtest import presentation
from loadtest.commands import options
from loadtest.kind_files import read_kind
from perfanalysis.kinds.model import Learned
from perfanalysis.printable import printable


@click.command()
@click.argument("kind")
@options.AS_JSON
def show(kind: str, as_json: bool) -> None:
    """Show what KIND, a name of kinds list or a file of kinds learn, is made of.

    Each column is a model for a set of kernels; the first whose kernels were all measured answers.
    """
    learned = read_kind(kind)
    if as_json:
        options.print_json(msgspec.to_builtins(learned))
        return
    console = presentation.console()
    text = f"{printable(learned.kind)}: {printable(learned.title)}; {printable(learned.source)}."
    console.print(text, markup=False, highlight=False)
    console.print(_table(learned))


def _table(learned: Learned) -> Table:
    table = Table()
    table.add_column("term")
    for place in range(len(learned.models)):
        table.add_column(f"model {place + 1}", justify="right")
    names = dict.fromkeys(name for model in learned.models for name in model.weights)
    for name in names:
        weights = [model.weights.get(name) for model in learned.models]
        table.add_row(name, *("" if weight is None else f"{weight:.3f}" for weight in weights))
    table.add_section()
    for heading, widths in (
        ("between CPU models", [model.between for model in learned.models]),
        ("Arm with another", [model.across for model in learned.models]),
        ("of one CPU model", [model.within for model in learned.models]),
    ):
        halves = [width.get("0.9") for width in widths]
        cells = ("" if half is None else f"x/÷ {math.exp(half):.2f}" for half in halves)
        table.add_row(f"90 % {heading}", *cells)
    table.add_row("CPU models", *(str(model.cpu_models) for model in learned.models))
    table.add_row("machines", *(str(model.machines) for model in learned.models))
    return table
