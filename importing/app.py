"""``perfanalysis import``: finds the sub-command, each of which is imported when it is used."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _capture() -> click.Command:
    from importing.commands.capture import capture

    return capture


def _look() -> click.Command:
    from importing.commands.look import look

    return look


def _recording() -> click.Command:
    from importing.commands.recording import recording

    return recording


def _results() -> click.Command:
    from importing.commands.results import importing

    return importing


COMMANDS = {
    "capture": Entry(_capture, "Bring recordings of machines and containers into Prometheus."),
    "look": Entry(_look, "Say what files are, and which command takes each."),
    "recording": Entry(
        _recording,
        "Bring recordings of this program into Prometheus.",
        "workload",
        ("numpy",),
    ),
    "results": Entry(_results, "Turn training curves and sysbench logs into load-test results."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def importing() -> None:
    """Bring in what other programs have recorded."""
