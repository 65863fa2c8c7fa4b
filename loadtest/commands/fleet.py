"""``perfanalysis loadtest fleet``: measure many machines at once, through OpenSSH."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from loadtest.commands.options import print_json
from loadtest.commands.run import run
from loadtest.fleet import ssh
from loadtest.fleet.campaign import Outcome, Task, run_all
from loadtest.fleet.collection import Collection, report, show
from loadtest.fleet.display import Silent, display
from loadtest.fleet.run_time import time_limit as limit_of_runs
from loadtest.presentation import console
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.machines.inventory import Inventory, read_inventory
from perfanalysis.renamed_option import RenamedOption

# The fleet sets these itself.
OWN_OPTIONS = ("--json", "--quiet", "--progress", "--inventory", "--machine", "--output")
OLD_OPTIONS = ("--machine-name", "--out")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--inventory",
    "inventory_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File that names the machines, and how ssh reaches them.",
)
@click.option("--machines", help="Names of some of them, such as web-1,web-2; default: all.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=16,
    show_default=True,
    help="How many at a time.",
)
@click.option(
    "--time-limit",
    type=DurationRange(min=1),
    show_default="600, and what --sustained, --until-steady and --wait add",
    help="Time after which a machine's run is ended, and counts as failed.",
)
@click.option(
    "--connect-timeout",
    type=DurationRange(1, 3600, whole=True),
    default="10s",
    show_default=True,
    help="How long to wait for a connection.",
)
@click.option(
    "--ssh-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File to use in place of ~/.ssh/config.",
)
@click.option(
    "--output",
    "out",
    cls=RenamedOption,
    old_names=("--out",),
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("fleet-results"),
    show_default=True,
    help="Folder for the result documents, MACHINE-TEST_ID.json.",
)
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="A state folder that gets the documents as well; not that of a running exporter, which "
    "would show them as its own machine's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
@click.option("--quiet", is_flag=True, help="Print no progress.")
@click.argument("options", metavar="[-- RUN OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
def fleet(  # noqa: PLR0913, PLR0917 - one for each flag
    inventory_file: Path,
    machines: str | None,
    limit: int,
    time_limit: float | None,
    connect_timeout: int,
    ssh_config: Path | None,
    out: Path,
    state_directory: Path | None,
    as_json: bool,
    quiet: bool,
    options: tuple[str, ...],
) -> None:
    """Run the load test on the machines of an inventory at once, and fetch the results.

    What stands after -- are options of `perfanalysis loadtest run`, which runs on each machine.
    """
    seconds = limit_of_runs(time_limit, checked(options))
    inventory = chosen(read_inventory(inventory_file), machines)
    program = shutil.which("ssh")
    if program is None:
        raise PerfAnalysisError("the program ssh is not on PATH: install OpenSSH's client")
    client = ssh.Client(program, ssh_config, connect_timeout, inventory_file.absolute().parent)
    tasks = [
        Task(
            machine.name,
            tuple(ssh.command(client, machine, options)),
            ssh.standard_input(machine),
        )
        for machine in inventory.machines
    ]
    collection = Collection(out, state_directory)
    with display([task.name for task in tasks], quiet) as shown:
        outcomes = asyncio.run(conduct(tasks, limit, seconds, shown, collection))
    if as_json:
        print_json(report(outcomes, collection.files))
    else:
        show(outcomes, console())
    fail_by_machines(outcomes)


async def conduct(
    tasks: Sequence[Task], limit: int, seconds: float, shown: Silent, collection: Collection
) -> list[Outcome]:
    """Run all tasks, and end them when SIGTERM or SIGHUP comes, as at Ctrl-C.

    Raises:
        PerfAnalysisError: a signal came, or a document cannot be written.
    """
    signals: list[str] = []
    task = asyncio.current_task()
    assert task is not None

    def stop(number: signal.Signals) -> None:
        signals.append(number.name)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await run_all(tasks, limit, seconds, shown, collection.keep)
    except asyncio.CancelledError:
        if not signals:
            raise
        raise PerfAnalysisError(f"fleet stopped by {signals[0]}: its runs were ended") from None


def checked(options: Sequence[str]) -> dict[str, Any]:
    """The options of ``run`` by their parameters' names; refused before any machine is asked.

    Raises:
        InputError: the fleet sets this option itself.
        click.UsageError: ``run`` does not take it.
    """
    for option in options:
        name = option.partition("=")[0]
        if name in {*OWN_OPTIONS, *OLD_OPTIONS} or name in {"-h", "--help"}:
            raise InputError(name, "", "other options of `loadtest run`: the fleet sets this one")
    with run.make_context("perfanalysis loadtest run", list(options)) as context:
        return dict(context.params)


def chosen(inventory: Inventory, names: str | None) -> Inventory:
    """The inventory cut to some of its machines.

    Raises:
        InputError: it has no machine of that name.
    """
    if names is None:
        return inventory
    wanted = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    if not wanted:
        raise InputError("--machines", "", "names of machines such as web-1,web-2", names)
    machines = tuple(inventory.machine(name) for name in wanted)
    return Inventory(inventory.path, inventory.price_note, machines)


def fail_by_machines(outcomes: Sequence[Outcome]) -> None:
    """End the command with status 1 when a machine failed; what came back is written then.

    Raises:
        PerfAnalysisError: how many did.
    """
    failed = [outcome for outcome in outcomes if outcome.reason]
    for outcome in failed:
        click.echo(f"fleet: failed: {outcome.name}: {outcome.reason}", err=True)
    if failed:
        names = ", ".join(outcome.name for outcome in failed)
        raise PerfAnalysisError(f"{len(failed)} of {len(outcomes)} machines failed: {names}")
