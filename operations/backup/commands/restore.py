"""``perfanalysis backup restore``."""

from __future__ import annotations

from pathlib import Path

import click

from operations.backup.commands.options import one_set, opened, settings_file, told
from operations.backup.sets import chosen
from perfanalysis.errors import InputError

_NEXT = {
    "prometheus": "start Prometheus with --storage.tsdb.path on it, or move its blocks",
    "victoria-metrics": "start VictoriaMetrics with -storageDataPath on it",
    "postgresql": "pg_restore --create or --dbname it; the roles it names must be there",
    "sqlite": "stop what writes to the database, and move the file to its place",
    "folder": "move the files to their place",
}


@click.command()
@settings_file
@one_set
@click.option("--source", required=True, metavar="NAME", help="Which source.")
@click.option(
    "--target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where to: a folder that is empty, or not there yet.",
)
def restore(settings_path: Path, set_name: str, source: str, target: Path) -> int:
    """Write one source of a backup into a folder.

    Nothing that is in use is touched: what to do with the files is said at the end.

    Exit status: 0 when all is written, 1 when it is not, 2 when there is no such backup or source,
    or the folder has something in it.
    """
    _, repository = opened(settings_path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("--target", "", "a folder that is empty, or not there yet", str(target))
    manifest = chosen(repository, set_name)
    part = next((one for one in manifest.parts if one.source == source), None)
    if part is None:
        there = ", ".join(one.source for one in manifest.parts)
        raise InputError("--source", "", f"one that {manifest.set} has ({there})", source)
    told(f"{source} of {manifest.set}: {part.files} files, {part.size / 1e6:.1f} MB")
    repository.restore(part.snapshot, target)
    click.echo(f"{target}: {source} of {manifest.set}. Next: {_NEXT[part.kind]}.")
    return 0
