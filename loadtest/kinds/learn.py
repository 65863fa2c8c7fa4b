"""``perfanalysis kinds learn``: a kind of your own from a few measured machines."""

from __future__ import annotations

import math
from pathlib import Path

import click

from loadtest.kinds.reading import read_table
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, MalformedError
from perfanalysis.kinds import own_kinds, shipped
from perfanalysis.kinds.catalogue import BY_NAME
from perfanalysis.kinds.own_kinds import Measured
from perfanalysis.kinds.table import positive


@click.command()
@click.argument("table", type=click.Path(exists=True, path_type=Path))
@click.option("--name", required=True, help="Of the new kind.")
@click.option("--work", required=True, help="The column with the work a second of each machine.")
@click.option("--title", default="", help="What the work is, for people.")
@click.option("--one-thread", is_flag=True, help="The work is of one thread, not of all CPUs.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file of the new kind, for --kind of other commands.",
)
def learn(  # noqa: PLR0913, PLR0917 - one parameter an option
    table: Path, name: str, work: str, title: str, one_thread: bool, output: Path
) -> None:
    """Learn a kind of your own from TABLE, a CSV file with a row a measured machine.

    TABLE has the columns cpu_model, architecture, logical_cpus, threads_per_core, those of kernel
    figures (named as our kernels, or as a public table's), and that of the work. From a few types
    little can be learned: the kind starts from what kinds are alike in, and its intervals are wide.
    """
    if name in BY_NAME:
        raise InputError("--name", "", "a name that no kind of this program has", name)
    rows = read_table(table)
    measured = [
        Measured(row.machine, rate)
        for row in rows
        if (rate := positive(row.cells.get(work))) is not None
    ]
    if len({(m.machine.model, m.machine.name) for m in measured}) < 2:
        found = f"{len(measured)} with a number above 0"
        raise InputError(str(table), work, "the work of two or more types", found)
    start = shipped.kind("single-threaded" if one_thread else "general")
    try:
        learned = own_kinds.learn(name, title or name, measured, start)
    except MalformedError as error:
        raise InputError(str(table), "", str(error)) from error
    write_atomically(output, shipped.encoded(learned))
    model, half = learned.models[0], learned.models[0].between.get("0.9", math.inf)
    click.echo(
        f"{output}: kind {name} from {model.machines} machines of {model.cpu_models} CPU models, "
        f"with the kernels {', '.join(model.kernels)}"
    )
    click.echo(
        f"So few machines cannot tell all weights: it was drawn to {start.kind}, and the 90 % "
        f"interval between CPU models is x/÷ {math.exp(half):.2f}, never narrower than that of it."
    )
