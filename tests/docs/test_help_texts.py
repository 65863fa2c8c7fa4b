"""What ``--help`` says: defaults are told, and the commands and flags that it names are there."""

from __future__ import annotations

import re

import click
import pytest

from tests.docs.cli_reference import contexts, default, options

CONTEXTS = contexts()
COMMANDS = {context.command_path for context in CONTEXTS}
FLAGS = {
    name
    for context in CONTEXTS
    for option in context.command.get_params(context)
    for name in (*option.opts, *option.secondary_opts)
}
# Flags of other programs: of iperf3.
OTHERS = {"--server"}
# Words of a command that is meant by its last parts.
_NAMED = re.compile(r"`(?:perfanalysis )?((?:[a-z][a-z-]* ?)+)")


def texts(context: click.Context) -> list[str]:
    """A command's help, and that of its options."""
    return [context.command.help or "", *(option.help or "" for option in options(context))]


def test_defaults_are_told() -> None:
    untold = [
        f"{context.command_path} {option.opts[-1]}: {said}"
        for context in CONTEXTS
        for option in options(context)
        if (said := default(option, context))
        and not option.is_flag
        and not option.show_default
        and "default" not in (option.help or "").lower()
    ]
    assert untold == []


def test_flags_that_are_named_are_there() -> None:
    named = {
        (context.command_path, flag)
        for context in CONTEXTS
        for text in texts(context)
        for flag in re.findall(r"(?<![\w-])--[a-z][\w.-]*\w", text)
    }
    assert len(named) > 50
    lost = {one for one in named if one[1] not in FLAGS and one[1] not in OTHERS}
    assert lost == set()


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.command_path)
def test_commands_that_are_named_are_there(context: click.Context) -> None:
    firsts = {path.split()[1] for path in COMMANDS if " " in path}
    for text in texts(context):
        for words in _NAMED.findall(text):
            first, *rest = words.split()
            if first in firsts and rest:
                assert f"perfanalysis {first} {rest[0]}" in COMMANDS, text
