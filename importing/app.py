"""``perfanalysis import``: finds the sub-command, each of which is imported when it is used."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup

COMMANDS = {
    "capture": Entry(
        "importing.commands.capture",
        "capture",
        "Bring recordings of machines and containers into Prometheus.",
    ),
    "results": Entry(
        "importing.commands.results",
        "importing",
        "Turn training curves and sysbench logs into load-test results.",
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def importing() -> None:
    """Bring in what other programs have recorded."""
