"""``perfanalysis portal targets``: a file for Prometheus' `file_sd_configs`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError
from portal.commands import options
from portal.inventory import discovery, listing
from portal.records.tenant_session import TenantSession


@click.command("targets")
@options.database
@options.TENANT
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file, which Prometheus reads whenever it changes.",
)
def targets(
    database: str | None, database_file: Path | None, tenant: str | None, output: Path
) -> None:
    """Write the active machines with an address as targets of Prometheus."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id) as session:
            found = discovery.groups(listing.scraped(session, {}))
    text = json.dumps([asdict(group) for group in found], indent=1) + "\n"
    try:
        write_atomically(output, text.encode())
    except OSError as error:
        raise PerfAnalysisError(f"{output}: cannot be written ({error.strerror})") from error
