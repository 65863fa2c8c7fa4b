"""Groups of commands whose sub-commands are imported when they are used.

So the exporter's process holds no numpy, and ``--help`` of a group is quick.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from perfanalysis.errors import PerfAnalysisError


class Entry(NamedTuple):
    """A sub-command.

    Attributes:
        module, attribute: where it is.
        help: one line of help.
        extra: of the distribution, that it needs; "" for none.
    """

    module: str
    attribute: str
    help: str
    extra: str = ""


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is used.

    Args:
        entries: the sub-commands by name, in the order in which help shows them.
    """

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **more: Any) -> None:
        super().__init__(*args, **more)
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands, in order."""
        del ctx
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command; None when there is none of that name.

        Raises:
            PerfAnalysisError: an extra that the sub-command needs is not installed.
        """
        del ctx
        if cmd_name not in self._entries:
            return None
        module, attribute, _, extra = self._entries[cmd_name]
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if not extra or (error.name or "").split(".")[0] == module.split(".")[0]:
                raise
            raise PerfAnalysisError(
                f"`perfanalysis {cmd_name}` needs the Python package {error.name!r}, which is not "
                f"installed: pip install 'perfanalysis[{extra}]'"
            ) from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self._entries.items()])
