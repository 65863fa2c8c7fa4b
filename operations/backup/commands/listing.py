"""``perfanalysis backup list``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from operations.backup.commands.options import as_json, opened, settings_file
from operations.backup.sets import manifests


@click.command(name="list")
@settings_file
@as_json
def listing(settings_path: Path, as_json: bool) -> int:
    """Show the backups that there are, the oldest first.

    A backup that was not ended is none, and not shown.
    """
    _, repository = opened(settings_path)
    found = manifests(repository)
    if as_json:
        shown = [
            {
                "set": one.set,
                "time": one.time,
                "failed": list(one.failed),
                "parts": [
                    {name: getattr(part, name) for name in ("source", "kind", "files", "size")}
                    for part in one.parts
                ],
            }
            for one in found
        ]
        click.echo(json.dumps(msgspec.to_builtins(shown), indent=1))
        return 0
    for one in found:
        when = datetime.fromtimestamp(one.time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        parts = ", ".join(f"{part.source} {part.size / 1e6:.1f} MB" for part in one.parts)
        failed = f"; MISSING: {', '.join(one.failed)}" if one.failed else ""
        click.echo(f"{one.set}  {when}  {parts}{failed}")
    if not found:
        click.echo("no backup yet")
    return 0
