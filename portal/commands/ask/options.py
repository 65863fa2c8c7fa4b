"""Which portal is asked, and how answers are shown."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

import click
import msgspec
from msgspec import Struct
from rich.table import Table

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.errors import InputError
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.terminal import Terminal

_Row = TypeVar("_Row", bound=Struct)
_WIDTH_OF_FILES = 250
_FLAGS = EndpointFlags("portal", "--portal", variable="PERFANALYSIS_PORTAL_KEY")
PORTAL = endpoint_flags(
    "portal",
    _FLAGS,
    help="The portal's address, such as https://portal.example.",
    envvar="PERFANALYSIS_PORTAL_URL",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
MOST = click.option(
    "--most",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="The most rows that are shown.",
)


@contextmanager
def connected(flags: EndpointFlags) -> Iterator[PortalConnection]:
    """A connection to the portal that was named.

    Raises:
        InputError: none was named, or a flag is unusable.
    """
    if flags.url is None:
        raise InputError("--portal", "", "the portal's address, or $PERFANALYSIS_PORTAL_URL")
    with PortalConnection(flags.endpoint()) as connection:
        yield connection


def first(rows: Iterable[_Row], most: int) -> tuple[list[_Row], bool]:
    """The first rows, and whether there are more."""
    found = list(islice(rows, most + 1))
    return found[:most], len(found) > most


def print_json(value: object) -> None:
    """Print an answer, or a list of these, as JSON."""
    sys.stdout.write(json.dumps(msgspec.to_builtins(value), indent=1, allow_nan=False) + "\n")


def show(
    rows: Sequence[_Row], columns: dict[str, Callable[[_Row], object]], *, more: bool = False
) -> None:
    """Print a table; what is not known is an empty cell.

    Args:
        rows: one each.
        columns: by heading, what stands in it.
        more: whether there are rows that are not shown.
    """
    # A file or a pipe gets whole rows, however wide.
    wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    terminal = Terminal(width=_WIDTH_OF_FILES if wide else None, markup=False)
    table = Table(caption="There are more: --most shows them." if more else None)
    for heading in columns:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(cell(row)) for cell in columns.values()))
    terminal.print(table)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
        case _:
            return str(value)


def id_of(text: str, flag: str) -> uuid.UUID:
    """An id.

    Raises:
        InputError: it is none.
    """
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InputError(flag, "", "an id, as --json shows it", text) from error


def moment_of(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """Of click: a moment; without a zone it is UTC.

    Raises:
        InputError: it is none.
    """
    del context
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(option.opts[-1], "", "a moment such as 2026-11-30T12:00Z", text) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def filters(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that adds an option for each field that must be equal."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            flag = f"--{name.replace('_', '-')}"
            shown = name.replace("_", " ")
            command = click.option(flag, name, help=f"Only those of this {shown}.")(command)
        return command

    return add
