"""``perfanalysis portal ask``: finds the sub-command, each of which is a file beside this one."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _who() -> click.Command:
    from portal.commands.ask.who import who

    return who


def _tests() -> click.Command:
    from portal.commands.ask.tests import tests

    return tests


def _document() -> click.Command:
    from portal.commands.ask.document import document

    return document


def _machines() -> click.Command:
    from portal.commands.ask.machines import machines

    return machines


def _cost() -> click.Command:
    from portal.commands.ask.cost import cost

    return cost


def _compare() -> click.Command:
    from portal.commands.ask.compare import compare

    return compare


def _notes() -> click.Command:
    from portal.commands.ask.notes import notes

    return notes


def _baselines() -> click.Command:
    from portal.commands.ask.baselines import baselines

    return baselines


def _keys() -> click.Command:
    from portal.commands.ask.keys import keys

    return keys


COMMANDS = {
    "who": Entry(_who, "Say whose key it is, and what it may do."),
    "tests": Entry(_tests, "List load tests, the newest first."),
    "document": Entry(_document, "Fetch the result document of a load test."),
    "machines": Entry(_machines, "List machines by name."),
    "cost": Entry(_cost, "Say what a machine cost over a time."),
    "compare": Entry(_compare, "Compare load tests at full load."),
    "notes": Entry(_notes, "Read the notes of a load test, or add one."),
    "baselines": Entry(_baselines, "List baselines, or pin one."),
    "keys": Entry(_keys, "List, make, rotate and revoke keys."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def ask() -> None:
    """Ask a portal elsewhere, over its API."""
