"""``perfanalysis backup create``."""

from __future__ import annotations

from pathlib import Path

import click

from operations.backup import backup_metrics, creating
from operations.backup.commands.options import opened, scratch_folder, settings_file, told


@click.command()
@settings_file
@scratch_folder
def create(settings_path: Path, scratch: Path) -> int:
    """Back up all sources of the settings.

    Sources may be written to meanwhile. One that cannot be read does not keep the others.

    Exit status: 0 when all sources are backed up, 1 when one is not, 2 when the settings are
    unusable.
    """
    settings, repository = opened(settings_path)
    made = creating.create(repository, settings, scratch, told)
    parts = made.manifest.parts
    if settings.textfile is not None:
        news = {
            backup_metrics.CREATED: {part.source: made.manifest.time for part in parts},
            backup_metrics.SIZE: {part.source: float(part.size) for part in parts},
        }
        backup_metrics.note(settings.textfile, news)
    click.echo(made.manifest.set)
    return 1 if made.faults else 0
