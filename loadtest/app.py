"""``perfanalysis loadtest``: finds the sub-command, each of which is a file in commands/."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup

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


def _entry(name: str) -> Entry:
    module = MODULES.get(name, name)
    return Entry(f"loadtest.commands.{module}", module, COMMANDS[name])


@click.group(
    cls=LazyGroup,
    entries={name: _entry(name) for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"]},
)
def loadtest() -> None:
    """Measure how much work this machine does."""
