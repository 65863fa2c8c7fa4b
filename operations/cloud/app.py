"""``perfanalysis cloud``: finds the sub-command."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _cost() -> click.Command:
    from operations.cloud.command import cost

    return cost


COMMANDS = {
    "cost": Entry(
        _cost,
        "Say what machines of a comparison cost, before they are made.",
        "prices",
        ("sqlalchemy",),
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def cloud() -> None:
    """Compare machines of a cloud: deploy/terraform makes them, and this says what they cost."""
