"""``perfanalysis workload``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _plan() -> click.Command:
    from workload.commands.plan import plan

    return plan


COMMANDS: dict[str, Entry] = {
    "plan": Entry(
        _plan,
        "Pack the work of many machines onto the cheapest others.",
        "workload",
        ("numpy", "sqlalchemy", "highspy"),
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def workload() -> None:
    """Record what a machine does, predict it on others, and replay it there."""
