"""``perfanalysis loadtest import``: training curves of the old system as result documents."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest import document, training_curve
from loadtest.commands import options
from loadtest.document import Document
from loadtest.facts.identity import identify
from perfanalysis.errors import InputError
from perfanalysis.inventory import PURCHASE_OPTIONS


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--timestamp",
    required=True,
    help="When the curves were measured, which their files do not say: a date, or seconds.",
)
@click.option("--machine-name", default="", help="Whose curve it is; for one curve at a time.")
@click.option(
    "--inventory",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that holds the machine: its instance type and prices go into the document.",
)
@click.option(
    "--purchase",
    type=click.Choice(PURCHASE_OPTIONS),
    help="Which of the inventory's prices counts; default: on_demand.",
)
@click.option("--price", type=float, help="Dollars per hour of the machine.")
@click.option(
    "--out-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the documents are written, one for each curve; default: the current folder.",
)
def importing(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    timestamp: str,
    machine_name: str,
    inventory: Path | None,
    purchase: str | None,
    price: float | None,
    out_directory: Path,
) -> None:
    """Turn training curves in FILES (JSON lines of siteid, host, busy, units) into results.

    All lines are read before anything is written.
    """
    when = options.parse_time(timestamp, "--timestamp")
    identity = identify(machine_name, inventory, purchase, price)
    # These are facts of the machine that imports.
    ours = {"hostname"} if machine_name else {"hostname", "name"}
    machine = {key: value for key, value in identity.facts().items() if key not in ours}
    found: list[Document] = [
        training_curve.as_document(host, curve, file=file.name, when=when, machine=machine)
        for file in files
        for host, curve in training_curve.parse(file.read_bytes(), str(file)).items()
    ]
    if machine and len(found) > 1:
        expected = f"one curve of one machine, not the {len(found)} of these files"
        raise InputError("--machine-name" if machine_name else "--price", "", expected)
    if not out_directory.is_dir():
        raise InputError("--out-directory", "", "a folder that exists", str(out_directory))
    for result in found:
        path = out_directory / f"{result['test_id']}.json"
        document.write(path, result)
        click.echo(path)
