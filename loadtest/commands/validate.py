"""``perfanalysis loadtest validate``: whether files are result documents."""

from __future__ import annotations

from pathlib import Path

import click

from perfanalysis.errors import InputError
from perfanalysis.printable import printable
from perfanalysis.results import reading


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check FILES against the schema of results and the rules that it cannot say.

    Ends with status 2 when one of them is wrong; all are looked at.
    """
    wrong = 0
    for file in files:
        try:
            version = reading.check(file)
        except InputError as error:
            wrong += 1
            click.echo(printable(f"perfanalysis: {error}"), err=True)
        else:
            click.echo(printable(f"{file}: ok (schema version {version})"))
    if wrong:
        ctx.exit(InputError.exit_status)
