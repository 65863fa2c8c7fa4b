"""``perfanalysis workload``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _record() -> click.Command:
    from workload.commands.record import record

    return record


COMMANDS: dict[str, Entry] = {
    "record": Entry(_record, "Record what a machine does, now or from a Prometheus."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def workload() -> None:
    """Record what a machine does, predict it on others, and replay it there."""
