"""``perfanalysis backup``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _create() -> click.Command:
    from operations.backup.commands.create import create

    return create


def _verify() -> click.Command:
    from operations.backup.commands.verify import verify

    return verify


def _restore() -> click.Command:
    from operations.backup.commands.restore import restore

    return restore


def _list() -> click.Command:
    from operations.backup.commands.listing import listing

    return listing


def _prune() -> click.Command:
    from operations.backup.commands.prune import prune

    return prune


# An engine's answers are arrays of numpy.
_NEEDS = ("loadtest", ("numpy",))
COMMANDS = {
    "create": Entry(_create, "Back up all sources of the settings.", *_NEEDS),
    "verify": Entry(
        _verify, "Prove a backup: restore it, run servers on it, compare answers.", *_NEEDS
    ),
    "restore": Entry(_restore, "Write one source of a backup into a folder.", *_NEEDS),
    "list": Entry(_list, "Show the backups that there are.", *_NEEDS),
    "prune": Entry(_prune, "Remove backups that the settings do not keep.", *_NEEDS),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def backup() -> None:
    """Back up metrics, databases and folders with restic, and prove each backup by a restore."""
