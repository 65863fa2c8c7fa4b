"""Options that the sub-commands share."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from operations.backup.restic import Repository
from operations.backup.sets import LATEST
from operations.backup.settings import BackupSettings, read_settings
from perfanalysis import progress

Command = Callable[..., Any]

settings_file = click.option(
    "--settings",
    "settings_path",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is backed up, and where to: docs/backup.md has an example.",
)
scratch_folder = click.option(
    "--scratch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    default=lambda: Path(tempfile.gettempdir()),
    help="Where copies and restored data are for a while. On the disk of VictoriaMetrics' data, its"
    " backup takes no room. Default: the system's folder for temporary files.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")


def one_set(command: Command) -> Command:
    """Which backup."""
    return click.option(
        "--set", "set_name", default=LATEST, show_default=True, metavar="NAME", help="Which backup."
    )(command)


def opened(path: Path) -> tuple[BackupSettings, Repository]:
    """The settings, and their repository.

    Raises:
        InputError: see ``read_settings`` and ``Repository``.
    """
    settings = read_settings(path)
    return settings, Repository(settings.repository, settings.password_file)


def told(line: str) -> None:
    """A line of progress."""
    progress.say("backup", line)
