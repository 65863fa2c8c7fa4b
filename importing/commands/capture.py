"""``perfanalysis import capture``: recordings as OpenMetrics, blocks, or remote write."""

from __future__ import annotations

import json
import resource
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import click

from importing.backfilling import Backfill
from importing.commands import receivers
from importing.files import InputFile, merged, prepare
from importing.machines import Machine, machine_of
from importing.progress import ReadingProgress
from importing.recordings import Look
from importing.refusals import Refusals
from importing.text import TextOutput
from importing.workplace import fingerprint
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.inventory import InventoryMachine, read_inventory
from perfanalysis.printable import printable


class Output(Protocol):
    """Where the looks of an import go."""

    def take(self, look: Look) -> None:
        """Take one look."""

    def finish(self) -> str:
        """Do what is left; says what was done."""

    def close(self) -> None:
        """Let go of files and folders."""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES..."
)
@click.option("--machine", default="", help="Name of the machine: the label instance of all files.")
@click.option("--provider", default="", help="Who ran the machine: aws, azure, gcp, oci, ...")
@click.option("--region", default="", help="The provider's region.")
@click.option("--zone", default="", help="The provider's zone.")
@click.option("--instance-type", default="", help="The provider's name of the machine's shape.")
@click.option(
    "--machines",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Inventory file with the machines' labels and prices. Without --machine, each file is of "
    "the machine that its own name begins with.",
)
@click.option(
    "--cpus",
    type=click.IntRange(min=1),
    help="How many CPUs the machine had, for portal CSVs, which do not say it.",
)
@click.option(
    "--container-names",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON object of container ids and names, where the recording has none.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one OpenMetrics file.",
)
@click.option(
    "--backfill",
    type=click.Path(file_okay=False, path_type=Path),
    help="Prometheus's data folder: make blocks with promtool and put them there.",
)
@click.option("--promtool", help="Prometheus's tool; default: the one on PATH.")
@receivers.options
@click.option("--again", is_flag=True, help="Import files that have been imported there already.")
@click.option(
    "--strict", is_flag=True, help="End with status 2 at the first line that is unusable."
)
def capture(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    machine: str,
    provider: str,
    region: str,
    zone: str,
    instance_type: str,
    machines: Path | None,
    cpus: int | None,
    container_names: Path | None,
    output: Path | None,
    backfill: Path | None,
    promtool: str | None,
    remote_write: receivers.Receiver,
    again: bool,
    strict: bool,
) -> None:
    """Put recordings under the exporter's names, with the times at which they were made.

    FILES are captures (JSON lines, flat or nested), container CSVs and portal CSVs, plain or gzip,
    and load-test results. A line that is malformed, not in order, or of a time that was there
    already is left out, counted and shown.
    """
    asked = [flag for flag in (output, backfill, remote_write.url) if flag]
    if len(asked) != 1:
        raise InputError("import capture", "", "one of --output, --backfill and --remote-write")
    facts = InventoryMachine(machine, provider, region, zone, instance_type)
    names = _container_names(container_names)
    inputs = [
        prepare(path, Machine(one, cpus, names))
        for path, one in zip(files, _machines(files, facts, machines), strict=True)
    ]
    # Files that were recorded at the same time are open at the same time.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ReadingProgress(inputs) as progress:
        refusals = Refusals(progress.say, strict=strict)
        where: Output | None
        if output:
            where = TextOutput(output)
        elif backfill:
            where = _backfill(backfill, inputs, promtool, refusals, again=again)
        else:
            where = receivers.open_receiver(
                remote_write, fingerprint(inputs), progress.say, again=again
            )
        if where is not None:
            _run(where, inputs, refusals, progress)


def _run(
    where: Output, inputs: Sequence[InputFile], refusals: Refusals, progress: ReadingProgress
) -> None:
    try:
        for look in merged(inputs, refusals):
            where.take(look)
            progress.look()
        said = where.finish()
    except (OSError, sqlite3.OperationalError) as error:
        # A full disk, mostly. Nothing half-written stays where anybody would take it for whole.
        file = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        raise PerfAnalysisError(f"the import could not be written: {file}{error}") from error
    finally:
        where.close()
    if left_out := refusals.summary():
        progress.say(f"lines left out: {left_out}")
    click.echo(printable(said))


def _backfill(
    data: Path,
    inputs: Sequence[InputFile],
    promtool: str | None,
    refusals: Refusals,
    *,
    again: bool,
) -> Backfill | None:
    """Where blocks go; None when nothing is left to do."""
    where = Backfill(data, fingerprint(inputs), promtool, refusals)
    if where.state == "done" and not again:
        click.echo(f"{data}: these files have been imported already (--again imports them anew)")
    elif where.state == "built":
        click.echo(f"{data}: {where.move()} blocks of an interrupted import put in place")
    else:
        where.begin()
        return where
    where.close()
    return None


def _machines(
    files: Sequence[Path], facts: InventoryMachine, machines: Path | None
) -> list[InventoryMachine]:
    """The machine of each file."""
    for flag, text in _identity_flags(facts):
        if not text.isprintable():
            raise InputError(flag, "", "text of printable characters", text)
    if machines is None:
        if not facts.name:
            expected = "the machine's name (or --machines, a file that holds the machines)"
            raise InputError("--machine", "", expected)
        return [facts] * len(files)
    inventory = read_inventory(machines)
    found = [
        inventory.machine(facts.name) if facts.name else machine_of(path, inventory)
        for path in files
    ]
    return [_with_flags(one, facts) for one in found]


def _identity_flags(facts: InventoryMachine) -> list[tuple[str, str]]:
    """What labels are made of, with the flags that give it."""
    return [
        ("--machine", facts.name),
        ("--provider", facts.provider),
        ("--region", facts.region),
        ("--zone", facts.zone),
        ("--instance-type", facts.instance_type),
    ]


def _with_flags(machine: InventoryMachine, flags: InventoryMachine) -> InventoryMachine:
    return InventoryMachine(
        machine.name,
        flags.provider or machine.provider,
        flags.region or machine.region,
        flags.zone or machine.zone,
        flags.instance_type or machine.instance_type,
        prices=machine.prices,
    )


def _container_names(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(str(path), "", f"a JSON object of ids and names ({error})") from error
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise InputError(str(path), "", "a JSON object of ids and names")
    return found
