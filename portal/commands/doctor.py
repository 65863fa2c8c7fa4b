"""``perfanalysis portal doctor``: look whether all is well, and say what to do where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from sqlalchemy import Engine

from perfanalysis.errors import PerfAnalysisError
from portal.commands import front, options
from portal.migrations import examining
from portal.migrations.examining import Examined
from portal.tenancy import examining as of_tenants

_LEAST_FREE = 0.1


@click.command("doctor")
@options.database
@click.option("--url", help="Of the portal, as its clients have it: TLS and readiness are tried.")
def doctor(database: str | None, database_file: Path | None, url: str | None) -> None:
    """Look at database, keys and TLS; status 1 when something is to be done.

    Give the database as the portal that serves has it.
    """
    with options.engine_of(options.existing(database, database_file)) as engine:
        found = examining.examine(engine)
        if not any(one.to_do for one in found if one.subject in {"schema", "rights"}):
            found += [*_disk(engine), *of_tenants.examine(engine)]
    found += front.examine(url)
    for one in found:
        click.echo(f"{'ok' if one.to_do is None else 'NOT'}  {one.subject}: {one.said}")
        if one.to_do is not None:
            click.echo(f"     to do: {one.to_do}")
    if bad := sum(one.to_do is not None for one in found):
        raise PerfAnalysisError(f"{bad} of {len(found)} things need somebody")


def _disk(engine: Engine) -> list[Examined]:
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return []
    usage = shutil.disk_usage(Path(engine.url.database).parent)
    said = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free"
    few = usage.free < _LEAST_FREE * usage.total
    to_do = "make room, or move the file: a full disk takes no document" if few else None
    return [Examined("disk", said, to_do)]
