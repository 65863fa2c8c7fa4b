"""``perfanalysis backup prune``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from operations.backup.commands.options import opened, settings_file
from operations.backup.sets import prune as prune_sets

# No backup takes as long.
_ENDED_SECONDS = 2 * 86_400.0


@click.command()
@settings_file
def prune(settings_path: Path) -> int:
    """Remove backups that the settings do not keep, and what is left of backups that never ended.

    Which backups are kept is restic's own policy (`keep` in the settings); all parts of one go
    together.
    """
    settings, repository = opened(settings_path)
    gone = prune_sets(repository, settings.keep.flags(), time.time(), _ENDED_SECONDS)
    for name in gone:
        click.echo(f"removed {name}")
    if not gone:
        click.echo("all backups are kept")
    return 0
