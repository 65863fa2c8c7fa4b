"""``python -m benchmarks.made_fleet --targets 1000``: serve the pages of so many machines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import click

from benchmarks.made_fleet.pages import MadeFleet
from benchmarks.made_fleet.recording import record
from benchmarks.made_fleet.serving import address_of, serve
from demo.servers import free_port
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError


def targets_file(fleet: MadeFleet, port: int) -> bytes:
    """The fleet for ``file_sd_configs``: an address and a name for each machine."""
    entries = [
        {"targets": [f"{address_of(one.number)}:{port}"], "labels": {"instance": one.name}}
        for one in fleet.machines
    ]
    return json.dumps(entries, indent=0).encode()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--targets", default=1000, show_default=True, help="How many machines.",
              type=click.IntRange(1, 2**20))  # fmt: skip
@click.option("--port", default=0, help="Port of all addresses; a free one when absent.",
              type=click.IntRange(0, 65535))  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="Draws what the machines are.")
@click.option("--written", required=True, help="Gets targets for file_sd_configs, when ready.",
              type=click.Path(dir_okay=False, path_type=Path))  # fmt: skip
@click.argument("flags", nargs=-1, metavar="[-- EXPORTER_FLAG...]")
def main(targets: int, port: int, seed: int, written: Path, flags: tuple[str, ...]) -> None:
    """Serve a made fleet until interrupted, on 127.1.0.0 and on: an address for each machine.

    The page is that of the exporter here, with these flags of its own. What machines share moves
    once in 15 seconds: scrape no more often.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="made-fleet-") as folder:
            page = record(Path(folder), flags)
    except PerfAnalysisError as error:
        click.echo(f"made_fleet: {error}", err=True)
        sys.exit(error.exit_status)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    fleet = MadeFleet(page, targets, seed, time.time())
    port = port or free_port()
    write_atomically(written, targets_file(fleet, port))
    click.echo(f"{targets} machines of {page.samples} samples at {address_of(0)}:{port} and on")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(fleet, port))


if __name__ == "__main__":
    main()
