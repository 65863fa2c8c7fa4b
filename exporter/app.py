"""The command ``perfanalysis exporter``, as click reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from exporter.collecting import DISABLE_DEFAULTS, Flag
from exporter.flags import LOG, known_flags
from exporter.node_exporter_flags import translated
from exporter.start import serve
from perfanalysis import __version__
from perfanalysis.lazy_commands import Entry, LazyGroup

# Where click keeps the flags of a command line that have no meaning here.
IGNORED = "exporter.ignored"


def _check() -> click.Command:
    from exporter.commands.check import check

    return check


COMMANDS = {
    "check": Entry(
        _check,
        "Look whether this machine's numbers, or recorded ones, can be true.",
    ),
}


class ServingGroup(LazyGroup):
    """Serves when no sub-command is named.

    Its many options are made when they are asked for, and kept only while a command line is read:
    0.3 MB, which a process that serves has no use for.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a command line; see click."""
        translation = translated(args)
        ctx.meta[IGNORED] = translation.ignored
        self.params = all_options(translation.words)
        try:
            return super().parse_args(ctx, translation.words)
        finally:
            self.params = []

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All options, in the order of the help."""
        kept, self.params = self.params, self.params or all_options()
        try:
            return super().get_params(ctx)
        finally:
            self.params = kept


def option_of(flag: Flag) -> click.Option:
    """The command-line option of a flag."""
    names = [flag.variable, f"--{flag.name}"]
    if isinstance(flag.default, bool):
        names[1] += f"/--no-{flag.name}"
    several = isinstance(flag.default, tuple)
    kind = None if several or flag.default is None else type(flag.default)
    return click.Option(
        names, default=flag.default, type=kind, help=flag.help, show_default=True, multiple=several
    )


def all_options(arguments: Sequence[str] | None = None) -> list[click.Parameter]:
    """Every option of the command.

    Args:
        arguments: a command line; what it has no use for may be left out: the flags of a collector
            that is off and that it does not name, whose file would have to be loaded for them.
    """
    known = known_flags(arguments)
    switches: list[click.Parameter] = []
    for switch, enabled in known.switches:
        on_off = f"--{switch.name}/--no-{switch.name}"
        shown = f"{switch.help} By default {'on' if enabled else 'off'}."
        switches.append(click.Option([switch.variable, on_off], default=None, help=shown))
    logged = [
        click.Option(
            [flag.variable, f"--{flag.name}"],
            default=flag.default,
            show_default=True,
            type=click.Choice(choices),
            help=flag.help,
        )
        for flag, choices in LOG
    ]
    version = click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show_version,
        help="Show the version.",
    )
    flags = [flag for flag in known.flags if flag is not DISABLE_DEFAULTS]
    return [*map(option_of, flags), *switches, option_of(DISABLE_DEFAULTS), *logged, version]


def show_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    """Show the version and end, if that is asked for."""
    if value and not context.resilient_parsing:
        click.echo(f"perfanalysis exporter, version {__version__}")
        context.exit()


def run(**flags: Any) -> None:
    """Serve this machine's metrics to Prometheus, under node_exporter's names."""
    if click.get_current_context().invoked_subcommand is not None:
        # The sub-command finds the flags in its context's parent.
        return
    serve(flags, click.get_current_context().meta.get(IGNORED, ()))


exporter = ServingGroup(
    "exporter",
    entries=COMMANDS,
    callback=run,
    help=run.__doc__,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
)
