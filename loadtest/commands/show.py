"""``perfanalysis loadtest show``: one result for people."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest import presentation
from loadtest.commands import options
from perfanalysis.results import writing
from perfanalysis.results.archive import Archive


@click.command()
@click.argument("result", default="latest")
@click.option("--slices", is_flag=True, help="Print every slice, and why it was not used.")
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def show(
    result: str, slices: bool, kernel: str, state_directory: Path | None, as_json: bool
) -> None:
    """Show one result: RESULT is a file, the id of a run, latest (the default), or latest~N.

    latest~1 is the run before the latest one.
    """
    found = Archive(options.state_directory(state_directory), kernel).find_one(result).document
    if as_json:
        options.print_json(writing.as_json(found))
        return
    console = presentation.console()
    presentation.show(found, console)
    presentation.show_machine(found, console)
    if slices:
        presentation.show_slices(found, console)
