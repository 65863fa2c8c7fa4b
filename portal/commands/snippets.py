"""``perfanalysis portal tenant snippets``: files that set other programs up for a tenant."""

from __future__ import annotations

from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError
from portal.commands import options
from portal.tenancy import provisioning
from portal.tenancy.snippets.all_of_them import snippets as snippets_of
from portal.tenancy.snippets.settings import METRICS_URL, PORTAL_URL, SnippetSettings


@click.command("snippets")
@options.database
@click.argument("name")
@click.option(
    "--portal-url",
    default=PORTAL_URL,
    show_default=True,
    help="Of the portal, as agents and Prometheus reach it.",
)
@click.option(
    "--metrics-url",
    default=METRICS_URL,
    show_default=True,
    help="Of the engine's proxy, without its paths.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write them to; without it, standard output.",
)
def snippets(  # noqa: PLR0913 - one for each option
    database: str | None,
    database_file: Path | None,
    *,
    name: str,
    portal_url: str,
    metrics_url: str,
    output: Path | None,
) -> None:
    """Write what sets Prometheus, agents, Helm, Grafana and engines up; no key is in it."""
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
    found = snippets_of(SnippetSettings(row.id, row.name, portal_url, metrics_url))
    for one in found:
        if output is None:
            click.echo(f"--- {one.name} ({one.program}): {one.use}\n{one.text}")
            continue
        try:
            output.mkdir(parents=True, exist_ok=True)
            write_atomically(output / one.name, one.text.encode())
        except OSError as error:
            where = output / one.name
            raise PerfAnalysisError(f"{where}: cannot be written ({error.strerror})") from error
        click.echo(f"{output / one.name}: {one.use}")
