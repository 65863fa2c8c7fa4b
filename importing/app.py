"""``perfanalysis import``: finds the sub-command, each of which is imported when it is used."""

from __future__ import annotations

import importlib

import click

# name: (module, attribute, one line of help)
COMMANDS = {
    "capture": (
        "importing.commands.capture",
        "capture",
        "Bring recordings of machines and containers into Prometheus.",
    ),
    "results": (
        "loadtest.commands.importing",
        "importing",
        "Turn training curves and sysbench logs into load-test results.",
    ),
}


class LazyCommands(click.Group):
    """A group that imports a sub-command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands, in the order of ``COMMANDS``."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command; None when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])


@click.group(cls=LazyCommands)
def importing() -> None:
    """Bring in what other programs have recorded."""
