"""docs/cli.md: every command and every option, as the commands themselves tell them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from perfanalysis.cli import cli
from tests.conftest import REPOSITORY

HEAD = """\
# Commands

Every command of `perfanalysis` and every option, made from the commands themselves by
`make golden`; do not edit it by hand. An option that may be given again says so in its text.

What holds for all of them:

| | |
|---|---|
| exit status | 0 done, 1 the work failed, 2 bad input or usage, 130 interrupted (Ctrl-C) |
| errors | one line on standard error: `perfanalysis:`, where, what was expected, what to do |
| output | results on standard output, all else on standard error; `--json` prints JSON alone |
| progress | a bar on a terminal, plain lines elsewhere; `NO_COLOR` and `TERM=dumb` are obeyed |
| `DURATION` | `90`, `90s` or `1m30s` |
| addresses | what may pass is tried again, after growing waits; a first failure is said at once |
| order | [command line, environment variable, file, default](configuration.md) |
| secrets | never typed: a flag names the file or the variable that holds one |
| completion | `perfanalysis completion bash`, `zsh` or `fish` |
"""


def walk(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[click.Context]:
    """A command and all below it, in the order of the help."""
    context = click.Context(command, info_name=name, parent=parent)
    yield context
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from walk(found, sub, context)


def contexts() -> list[click.Context]:
    """All commands."""
    return list(walk(cli, "perfanalysis"))


def options(context: click.Context) -> list[click.Option]:
    """A command's options, in the order of its help, without ``--help`` and what is hidden."""
    return [
        param
        for param in context.command.get_params(context)
        if isinstance(param, click.Option) and not param.hidden and "--help" not in param.opts
    ]


def spelled(option: click.Option, context: click.Context) -> str:
    """How an option is written."""
    on = [name for name in option.opts if name.startswith("--")] or option.opts
    short = [name for name in option.opts if name not in on]
    names = ", ".join([*short, *on])
    if option.secondary_opts:
        names += f" / {', '.join(option.secondary_opts)}"
    if option.is_flag or option.count:
        return names
    return f"{names} {option.make_metavar(context)}"


def default(option: click.Option, context: click.Context) -> str:
    """What holds when it is not given; "" when there is nothing, or its text says it."""
    value: Any = option.get_default(context, call=False)
    if value is None or callable(value) or value in ((), "") or repr(value).startswith("Sentinel"):
        return ""
    if option.is_flag:
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    # A folder of the checkout is elsewhere on every machine.
    return str(value).removeprefix(f"{REPOSITORY}/")


def cell(text: str | None) -> str:
    """A text in a table."""
    words = " ".join((text or "").split())
    return words.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def code(text: str) -> str:
    """Code in a table."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def section(context: click.Context) -> list[str]:
    """What the page says of a command."""
    depth = len(context.command_path.split())
    lines = [f"{'#' * min(depth + 1, 4)} {context.command_path}", ""]
    paragraphs = (context.command.help or "").split("\f")[0].split("\n\n")
    for paragraph in paragraphs:
        # What stands behind \b keeps its lines.
        if paragraph.lstrip().startswith("\b"):
            lines += [
                "```",
                *paragraph.lstrip().removeprefix("\b").strip("\n").split("\n"),
                "```",
                "",
            ]
        elif paragraph.strip():
            lines += [cell(paragraph), ""]
    found = options(context)
    if found:
        lines += ["| option | default | meaning |", "|---|---|---|"]
        lines += [
            f"| {code(spelled(one, context))} | {code(default(one, context))} | {cell(one.help)} |"
            for one in found
        ]
        lines += [""]
    return lines


def reference() -> str:
    """The text of docs/cli.md."""
    return "\n".join([HEAD, *(line for one in contexts() for line in section(one))]).rstrip() + "\n"
