"""``perfanalysis workload``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _replay() -> click.Command:
    from workload.commands.replay import replay

    return replay


COMMANDS: dict[str, Entry] = {
    "replay": Entry(_replay, "Drive this machine as a recording says.", "workload", ("numpy",)),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def workload() -> None:
    """Record what a machine does, predict it on others, and replay it there."""
