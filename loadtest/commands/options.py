"""Options that several sub-commands have."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from perfanalysis.results.state import default_state_directory

STATE_DIRECTORY = click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where results are; default: $PERFANALYSIS_STATE_DIRECTORY, /var/lib/perfanalysis for "
    "root, else ~/.local/state/perfanalysis.",
)
KERNEL = click.option("--kernel", default="", help="Only results of this kernel.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")

BRIDGE = click.option(
    "--bridge",
    "bridges",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Show results of an older kernel version in units of a newer one, by what `loadtest "
    "bridge` has measured: its file, or a folder of these; may be given again.",
)


def state_directory(asked: Path | None) -> Path:
    """The state folder that was asked for, or the default."""
    return asked or default_state_directory()


def print_json(value: object) -> None:
    """Print a JSON value to standard output."""
    sys.stdout.write(json.dumps(value, indent=1, allow_nan=False) + "\n")
