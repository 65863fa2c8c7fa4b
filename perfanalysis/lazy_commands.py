"""Groups of commands whose sub-commands are imported when they are used.

So the exporter's process holds no numpy, and ``--help`` of a group is quick.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from perfanalysis.errors import PerfAnalysisError


class Entry(NamedTuple):
    """A sub-command.

    Attributes:
        load: imports the command and returns it.
        help: one line of help.
        extra: of the distribution, that it needs; "" for none.
        packages: of that extra, which it imports late: they are looked for before any work begins.
    """

    load: Callable[[], click.Command]
    help: str
    extra: str = ""
    packages: tuple[str, ...] = ()


class LazyGroup(click.Group):
    """A group that imports a sub-command when it is used.

    Args:
        entries: the sub-commands by name, in the order in which help shows them.
    """

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **more: Any) -> None:
        super().__init__(*args, **more)
        self._entries = entries

    def add_entry(self, name: str, entry: Entry) -> None:
        """Take in a sub-command that lives in another room."""
        self._entries = {**self._entries, name: entry}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all sub-commands, in order."""
        del ctx
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command; None when there is none of that name.

        Raises:
            PerfAnalysisError: an extra that the sub-command needs is not installed.
        """
        if cmd_name not in self._entries:
            return None
        for package in self._entries[cmd_name].packages:
            if importlib.util.find_spec(package) is None:
                raise self._lacking(ModuleNotFoundError(name=package), ctx, cmd_name)
        try:
            return self._entries[cmd_name].load()
        except ModuleNotFoundError as error:
            raise self._lacking(error, ctx, cmd_name) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Of click: run the sub-command, which may import more than it did when it was found.

        Raises:
            PerfAnalysisError: an extra that the sub-command needs is not installed.
        """
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            name = ctx.invoked_subcommand
            raise self._lacking(error, ctx, name if name in self._entries else None) from error

    def _lacking(
        self, error: ModuleNotFoundError, ctx: click.Context, name: str | None
    ) -> Exception:
        """What to raise when a sub-command found a module missing."""
        extra = self._entries[name].extra if name is not None else ""
        from perfanalysis.extras import missing

        # A module that is missing from a package that is there is a mistake of ours.
        package = (error.name or "").split(".")[0]
        if not extra or importlib.util.find_spec(package) is not None:
            return error
        return PerfAnalysisError(missing(f"`{ctx.command_path} {name}`", package, extra))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self._entries.items()])
