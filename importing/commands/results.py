"""``perfanalysis loadtest import``: training curves and sysbench logs as result documents."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from importing import other_files, sysbench_log
from importing.old import training_curve
from perfanalysis.errors import InputError
from perfanalysis.future_times import refuse_ahead
from perfanalysis.machines import given
from perfanalysis.machines.facts.identity import of_identity
from perfanalysis.machines.identity import PURCHASE_OPTIONS, resolve
from perfanalysis.moments import parse_time
from perfanalysis.recordings.captures import opened
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results import writing
from perfanalysis.results.document import Document


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--timestamp",
    required=True,
    help="When it was measured, which the files do not say: a date, or seconds.",
)
@click.option(
    "--machine",
    "machine_name",
    cls=RenamedOption,
    old_names=("--machine-name",),
    default="",
    help="Whose curve it is; for one curve at a time.",
)
@click.option(
    "--inventory",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that holds the machine: its instance type and prices go into the document.",
)
@click.option(
    "--purchase",
    type=click.Choice(PURCHASE_OPTIONS),
    help="Which of the inventory's prices counts (default: on_demand), or what --price is.",
)
@click.option("--price", type=float, help="Dollars per hour of the machine.")
@click.option(
    "--cpus",
    type=click.IntRange(min=1),
    help="How many CPUs the machine had, which neither curves nor logs say; sysbench logs need it.",
)
@click.option(
    "--output",
    "out_directory",
    cls=RenamedOption,
    old_names=("--out-directory",),
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
    cpus: int | None,
    out_directory: Path,
) -> None:
    """Turn training curves and sysbench logs into results.

    FILES are curves (JSON lines of siteid, host, busy, units) or what `sysbench cpu run` printed,
    plain or gzip. A log may hold several runs, and other text around them: --timestamp is the end
    of the last one. All lines are read before anything is written.
    """
    when = parse_time(timestamp, "--timestamp")
    remedy = "say when it was measured, or correct this machine's clock"
    refuse_ahead(when, time.time(), "--timestamp", remedy)
    flags = given.from_flags({"name": machine_name}, given.one_price(price, purchase), _spelled)
    held = given.from_inventory(inventory, machine_name, _spelled)
    identity = resolve(flags=flags, inventory=held)
    machine = of_identity(identity, given.price_of(flags, held, purchase, _spelled))
    found = [(str(file), one) for file in files for one in _documents(file, when, machine, cpus)]
    sources = {
        (file, one.imported.siteid, one.imported.host) for file, one in found if one.imported
    }
    if machine and len(sources) > 1:
        expected = f"one curve or log of one machine, not the {len(sources)} of these files"
        raise InputError("--machine" if machine_name else "--price", "", expected)
    encoded = [writing.encode(one, file) for file, one in found]
    try:
        out_directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        expected = f"a folder, or one that can be made ({error.strerror})"
        raise InputError("--output", "", expected, str(out_directory)) from error
    for result in encoded:
        path = out_directory / f"{result.document.test_id}.json"
        writing.write(path, result)
        click.echo(path)


def _spelled(field: str) -> str:
    return "--machine" if field == "name" else f"--{field}"


def _documents(
    file: Path, when: float, machine: dict[str, Any], cpus: int | None
) -> list[Document]:
    """The results in a file, whose own words tell its kind."""
    with opened(file) as (_, stream):
        data = stream.read()
    name = file.name
    if sysbench_log.is_log(data):
        logs = sysbench_log.parse(data, str(file))
        if cpus is None:
            raise InputError("--cpus", "", f"how many CPUs the machine had, which {file} is of")
        return [
            sysbench_log.as_document(log, cpus=cpus, file=name, when=end, machine=machine)
            for log, end in zip(logs, sysbench_log.ends(logs, when), strict=True)
        ]
    if other := other_files.no_result(data[:4096]):
        raise InputError(str(file), "", f"a training curve or a sysbench log: {other}")
    if cpus is not None:
        machine = machine | {"logical_cpus": cpus}
    return [
        training_curve.as_document(host, curve, file=name, when=when, machine=machine)
        for host, curve in training_curve.parse(data, str(file)).items()
    ]
