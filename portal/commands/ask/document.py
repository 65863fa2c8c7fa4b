"""``perfanalysis portal ask document``: the result document of a load test."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.portal_client import load_tests
from portal.commands.ask import options


@click.command("document")
@options.PORTAL
@click.argument("test_id")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; without it, standard output.",
)
def document(portal: EndpointFlags, test_id: str, output: Path | None) -> None:
    """Fetch the result document of a load test, byte for byte as it was handed in."""
    with options.connected(portal) as connection:
        data = load_tests.document(connection, test_id)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        write_atomically(output, data)
    except OSError as error:
        raise PerfAnalysisError(f"{output}: cannot be written ({error.strerror})") from error
