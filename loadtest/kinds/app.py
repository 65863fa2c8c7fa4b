"""``perfanalysis kinds``: finds the sub-command, each of which is a file beside this one."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _listing() -> click.Command:
    from loadtest.kinds.listing import listing

    return listing


def _show() -> click.Command:
    from loadtest.kinds.show import show

    return show


def _rank() -> click.Command:
    from loadtest.kinds.rank import rank

    return rank


def _evaluate() -> click.Command:
    from loadtest.kinds.evaluate import evaluate

    return evaluate


def _learn() -> click.Command:
    from loadtest.kinds.learn import learn

    return learn


# Of the distribution: what learns needs numpy; what is learned does without.
EXTRA = "loadtest"
COMMANDS = {
    "list": Entry(_listing, "List the kinds of work, and how far each can be trusted."),
    "show": Entry(_show, "Show what a kind is made of."),
    "rank": Entry(_rank, "Rank the instance types of a public table for a kind."),
    "evaluate": Entry(
        _evaluate, "Hold the kinds against a table of machines that did the work.", EXTRA
    ),
    "learn": Entry(_learn, "Learn a kind of your own from a few measured machines.", EXTRA),
}


@click.group(
    cls=LazyGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def kinds() -> None:
    """Tell which machine does more of a stated kind of work, from kernel figures."""
