"""``perfanalysis loadtest show``: one result for people."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest import presentation
from loadtest.bridged import cross
from loadtest.commands import options
from perfanalysis.errors import InputError
from perfanalysis.results import bridge, writing
from perfanalysis.results.archive import Archive


@click.command()
@click.argument("result", default="latest")
@click.option("--slices", is_flag=True, help="Print every slice, and why it was not used.")
@options.BRIDGE
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def show(  # noqa: PLR0913, PLR0917 - one for each flag
    result: str,
    slices: bool,
    bridges: tuple[Path, ...],
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Show one result: RESULT is a file, the id of a run, latest (the default), or latest~N.

    latest~1 is the run before the latest one.
    """
    found = Archive(options.state_directory(state_directory), kernel).find_one(result).document
    crossed = cross(found, [one for path in bridges for one in bridge.read(path)])
    if bridges and as_json:
        raise InputError("--json", "", "no --bridge beside it: a document is in its own unit")
    if as_json:
        options.print_json(writing.as_json(found))
        return
    console = presentation.console()
    if crossed is not None:
        if slices:
            raise InputError("--slices", "", "no --bridge beside it: slices are in their own unit")
        found = crossed.document
        console.print(crossed.remark, highlight=False)
    elif bridges:
        console.print("no bridge begins at its kernel version: it is in its own unit")
    presentation.show(found, console)
    presentation.show_machine(found, console)
    if slices:
        presentation.show_slices(found, console)
