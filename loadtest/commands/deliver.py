"""``perfanalysis loadtest deliver``: send what waits."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest.commands import options
from loadtest.outputs.delivering import fail_by_problems
from loadtest.outputs.options import OutputFlags, output_options
from loadtest.outputs.outbox import Outbox, folders, report, send_all, spool_of
from loadtest.outputs.wanted import find_outputs
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.spool import Spool
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable
from perfanalysis.results import writing


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@options.STATE_DIRECTORY
@output_options
@click.option(
    "--retry-dead", is_flag=True, help="Put results that were refused back into the queue first."
)
def deliver(
    files: tuple[Path, ...], state_directory: Path | None, outputs: OutputFlags, retry_dead: bool
) -> None:
    """Send the results that wait for their receivers; for timers, and after an outage.

    FILES are result documents that go to the receivers named by flags as well. Ends with status 1
    when something is left or was refused.
    """
    outputs.check()
    state = options.state_directory(state_directory)
    if files and not outputs.any_of_results:
        raise InputError("FILES", "", "--upload-url, --remote-write-url or --deliver-config")
    found = [writing.read(file) for file in files]
    problems: list[str] = []
    if outputs.any:
        outbox = Outbox(state, find_outputs(outputs))
        for result in found:
            outbox.put(result)
        problems += outbox.problems
    spools: list[tuple[Spool, Destination]] = []
    for folder in folders(state):
        try:
            spools.append(spool_of(folder))
        except PerfAnalysisError as error:
            # The others are sent all the same.
            problems.append(str(error))
    if retry_dead:
        revive(spools)
    deliveries = send_all(spools, outputs.deliver_timeout)
    news, refused = report(deliveries)
    for line in news:
        click.echo(printable(line))
    left = sum(one.waiting for one in deliveries)
    if left and not problems and not refused:
        raise PerfAnalysisError(f"{left} of the results still wait")
    fail_by_problems(problems + refused)


def revive(spools: list[tuple[Spool, Destination]]) -> None:
    """Put what was refused back into the queues.

    Raises:
        PerfAnalysisError: a file cannot be moved.
    """
    for spool, destination in spools:
        try:
            count = spool.revive()
        except OSError as error:
            raise PerfAnalysisError(f"{spool.folder}: cannot be written: {error}") from error
        if count:
            click.echo(f"to be tried again for {destination.shown}: {count}")
