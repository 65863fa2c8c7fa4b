"""``perfanalysis loadtest``: finds the sub-command, each of which is a file in commands/."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _run() -> click.Command:
    from loadtest.commands.run import run

    return run


def _fleet() -> click.Command:
    from loadtest.commands.fleet import fleet

    return fleet


def _agent() -> click.Command:
    from loadtest.commands.agent import agent

    return agent


def _show() -> click.Command:
    from loadtest.commands.show import show

    return show


def _listing() -> click.Command:
    from loadtest.commands.listing import listing

    return listing


def _compare() -> click.Command:
    from loadtest.commands.compare import compare

    return compare


def _spread() -> click.Command:
    from loadtest.commands.spread import spread

    return spread


def _bridge() -> click.Command:
    from loadtest.commands.bridge import bridge

    return bridge


def _deliver() -> click.Command:
    from loadtest.commands.deliver import deliver

    return deliver


def _deliveries() -> click.Command:
    from loadtest.commands.deliveries import deliveries

    return deliveries


def _validate() -> click.Command:
    from loadtest.commands.validate import validate

    return validate


def _disk() -> click.Command:
    from loadtest.commands.disk import disk

    return disk


def _network() -> click.Command:
    from loadtest.commands.network import network

    return network


# Of the distribution: what works out a result needs numpy; what only reads one does without.
EXTRA = "loadtest"
COMMANDS = {
    "run": Entry(_run, "Measure how much work this machine does at 10 to 100 % busy.", EXTRA),
    "fleet": Entry(_fleet, "Run it on many machines at once, through ssh.", EXTRA),
    "agent": Entry(_agent, "Run the tests that a portal asks of this machine.", EXTRA),
    "show": Entry(_show, "Show one result."),
    "list": Entry(_listing, "List the results of a folder."),
    "compare": Entry(_compare, "Tell whether results really differ.", EXTRA),
    "spread": Entry(
        _spread, "Tell how much runs of a machine, and machines of a type, differ.", EXTRA
    ),
    "bridge": Entry(_bridge, "Measure the ratio of two versions of a kernel, in turns.", EXTRA),
    "disk": Entry(_disk, "Measure what a disk can do, by fio."),
    "network": Entry(_network, "Measure what the network to a peer can carry, by iperf3."),
    "deliver": Entry(_deliver, "Send results that wait, or files, to their receivers."),
    "deliveries": Entry(_deliveries, "Show what waits for a receiver, and what one has refused."),
    "validate": Entry(_validate, "Check files against the schema and rules of results."),
}


@click.group(
    cls=LazyGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def loadtest() -> None:
    """Measure how much work this machine does."""
