"""``perfanalysis portal migrate``: bring the database to the schema of this program."""

from __future__ import annotations

from pathlib import Path

import click

from portal.commands import options
from portal.load_tests import refiguring
from portal.migrations import running


@click.command("migrate")
@options.database
@click.option("--grant-to", metavar="ROLE", help="PostgreSQL: the role that serves.")
def migrate(database: str | None, database_file: Path | None, grant_to: str | None) -> None:
    """Bring the database to the schema of this program, as the role that owns its tables."""
    with options.engine_of(options.url_from(database, database_file)) as engine:
        before, after = running.migrate(engine, grant_to)
        # A newer program's schema is its own to look after.
        filled = refiguring.fill(engine) if after == running.newest() else 0
    if before == after:
        click.echo(f"the tables are those of schema {after}, as before")
    else:
        was = f"it was {before}" if before else "the database was empty"
        click.echo(f"the tables are those of schema {after} now; {was}")
    if filled:
        click.echo(f"{filled} tests of older programs have their conditions now")
