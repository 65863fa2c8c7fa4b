"""Options that several sub-commands have."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import click

from perfanalysis.errors import InputError
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


def state_directory(asked: Path | None) -> Path:
    """The state folder that was asked for, or the default."""
    return asked or default_state_directory()


def print_json(value: object) -> None:
    """Print a JSON value to standard output."""
    sys.stdout.write(json.dumps(value, indent=1, allow_nan=False) + "\n")


def parse_time(text: str, where: str) -> float:
    """Read a moment: seconds since 1970, or ISO 8601, UTC when no zone is named.

    Args:
        text: such as 1767225600, 2026-01-15 or 2026-01-15T12:00:00+01:00.
        where: the flag, for messages.

    Returns:
        Seconds since 1970, above 0.

    Raises:
        InputError: it is neither.
    """
    expected = "seconds since 1970 or a date such as 2026-01-15T12:00:00Z"
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        seconds = moment.timestamp()
    except ValueError:
        try:
            seconds = float(text)
        except ValueError:
            raise InputError(where, "", expected, text) from None
    if not 0 < seconds < 1e11:
        raise InputError(where, "", expected, text)
    return seconds
