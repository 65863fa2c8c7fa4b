"""``perfanalysis workload``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _record() -> click.Command:
    from workload.commands.record import record

    return record


def _show() -> click.Command:
    from workload.commands.show import show

    return show


def _predict() -> click.Command:
    from workload.commands.predict import predict

    return predict


def _replay() -> click.Command:
    from workload.commands.replay import replay

    return replay


def _plan() -> click.Command:
    from workload.commands.plan import plan

    return plan


COMMANDS: dict[str, Entry] = {
    "record": Entry(_record, "Record what a machine does, now or from a Prometheus."),
    "show": Entry(_show, "Show what is in a recording.", "workload", ("numpy",)),
    "predict": Entry(
        _predict, "Predict recorded work on other machines.", "workload", ("numpy", "sqlalchemy")
    ),
    "replay": Entry(_replay, "Drive this machine as a recording says.", "workload", ("numpy",)),
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
