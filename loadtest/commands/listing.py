"""``perfanalysis loadtest list``: which results there are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from loadtest import presentation
from loadtest.commands import options
from perfanalysis.moments import parse_time
from perfanalysis.printable import printable
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results import writing
from perfanalysis.results.archive import Entry, read_folder
from perfanalysis.results.state import RESULTS


@click.command("list")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--machine", default="", help="Only results of the machine of this name.")
@click.option(
    "--from",
    "since",
    cls=RenamedOption,
    old_names=("--since",),
    help="Only runs that ended at this time or later: now-7d, a date, or Unix seconds.",
)
@options.KERNEL
@options.STATE_DIRECTORY
@options.AS_JSON
def listing(  # noqa: PLR0913, PLR0917 - one for each flag
    folder: Path | None,
    machine: str,
    since: str | None,
    kernel: str,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """List the results of FOLDER, or of the state folder, newest first."""
    earliest = 0.0 if since is None else parse_time(since, "--from", now=time.time())
    chosen = folder or options.state_directory(state_directory) / RESULTS
    # A machine that has measured nothing yet has no such folder, which is no error.
    found = read_folder(chosen) if folder or chosen.is_dir() else None
    entries = [
        entry
        for entry in (found.entries if found else ())
        if entry.document.timestamp_seconds >= earliest
        and kernel in {"", entry.document.kernel}
        and machine in {"", entry.document.machine.name}
    ]
    if as_json:
        options.print_json([summary(entry) for entry in entries])
    else:
        presentation.show_list([entry.document for entry in entries], presentation.console())
    for error in found.broken if found else ():
        click.echo(printable(f"perfanalysis: skipped: {error}"), err=True)


def summary(entry: Entry) -> dict[str, Any]:
    """A result without its levels; what is unknown is absent."""
    kept = (
        "test_id",
        "kernel",
        "kernel_version",
        "profile",
        "timestamp_seconds",
        "duration_seconds",
        "valid",
        "invalid_reasons",
        "max_units_per_second",
        "single_units_per_second",
    )
    document = writing.as_json(entry.document)
    result = {key: document[key] for key in kept if key in document}
    facts = document["machine"]
    machine = ("name", "provider", "instance_type", "price_dollars_per_hour")
    result["machine"] = {key: facts[key] for key in machine if key in facts}
    return result | {"file": str(entry.path)}
