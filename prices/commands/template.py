"""``perfanalysis prices template``: a file to fill in."""

from __future__ import annotations

import click

from prices.importers.templates import BY_FORMAT


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(BY_FORMAT)),
    default="csv",
    show_default=True,
    help="Of the file.",
)
def template(format_: str) -> None:
    """Write a file to fill in with prices of your own, to standard output."""
    click.echo(BY_FORMAT[format_], nl=False)
