"""``perfanalysis loadtest``: finds the sub-command, each of which is a file in commands/."""

from __future__ import annotations

import importlib

import click

# name: one line of help; the module loadtest.commands.NAME holds the command NAME.
COMMANDS = {
    "run": "Measure how much work this machine does at 10 to 100 % busy.",
    "fleet": "Run it on many machines at once, through ssh.",
    "show": "Show one result.",
    "list": "List the results of a folder.",
    "compare": "Tell whether results really differ.",
    "spread": "Tell how much runs of a machine, and machines of a type, differ.",
    "import": "Turn training curves and sysbench logs into results.",
    "deliver": "Send results that wait, or files, to their receivers.",
    "deliveries": "Show what waits for a receiver, and what one has refused.",
    "validate": "Check files against the schema and rules of results.",
}
# Modules of other names: these commands have the name of a built-in or a keyword of Python.
MODULES = {"list": "listing", "import": "importing"}


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
        module = MODULES.get(cmd_name, cmd_name)
        command = getattr(importlib.import_module(f"loadtest.commands.{module}"), module)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
def loadtest() -> None:
    """Measure how much work this machine does."""
