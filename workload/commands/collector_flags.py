"""The exporter's flags, under its names, that ``workload record`` has, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from workload.recording.collecting import FLAGS, MACHINE_FLAG

Command = Callable[..., Any]


def options(command: Command) -> Command:
    """A decorator that adds the flags to a command."""
    for flag in reversed(FLAGS):
        names = [f"--{flag.name}", flag.variable]
        if flag.variable == MACHINE_FLAG[1]:
            names.insert(0, MACHINE_FLAG[0])
        kind = None if flag.default is None else type(flag.default)
        option = click.option(
            *names, default=flag.default, type=kind, help=flag.help, show_default=True
        )
        command = option(command)
    return command
