"""Options that several sub-commands have, and what they mean."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from perfanalysis.errors import InputError
from perfanalysis.moments import parse_time
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results.state import default_state_directory
from prices.book.listing import FILTERS
from prices.book.opening import FILE, Book, named
from prices.book.rows import StoredPrice
from prices.importers.own_fields import texts_of
from prices.price import Purchase

_Command = TypeVar("_Command", bound=Callable[..., Any])
BOOK = click.option(
    "--price-book",
    "book",
    cls=RenamedOption,
    old_names=("--book",),
    type=named,
    metavar="BOOK",
    help=f"The price book: a file, or postgresql://USER@HOST/DATABASE, whose password is taken "
    f"from PGPASSWORD or the file of PGPASSFILE; default: {FILE} in the state folder.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
SOURCE = click.option("--source", help="Only prices of this source.")
_HELP = {
    "provider": "aws, azure, gcp, oci, or a name of your own.",
    "region": "The provider's region.",
    "zone": "The provider's zone.",
    "instance_type": "The provider's name of the machine's type.",
    "machine": "The machine's name or the provider's id of it.",
    "operating_system": "Such as linux or windows.",
    "tenancy": "shared, dedicated or host.",
    "purchase": f"{', '.join(Purchase)}.",
    "currency": "ISO 4217, such as USD.",
}


def filters(command: _Command) -> _Command:
    """Add an option for each of ``listing.FILTERS``."""
    for name in reversed(FILTERS):
        command = click.option(f"--{name.replace('_', '-')}", help=_HELP[name])(command)
    return command


def book_of(asked: Book | None) -> Book:
    """The book that was asked for, or the default."""
    return asked or default_state_directory() / FILE


def folder_of(book: Book) -> Path:
    """The folder of the prices that exporter and load test read: the book's, or the state's."""
    return book.parent if isinstance(book, Path) else default_state_directory()


def moment_of(text: str | None, flag: str) -> datetime:
    """The moment of a flag; None: now.

    Raises:
        InputError: it is none.
    """
    seconds = time.time() if text is None else parse_time(text, flag, now=time.time())
    return datetime.fromtimestamp(seconds, UTC)


def settings_of(words: Iterable[str]) -> dict[str, str]:
    """What ``--set NAME=VALUE`` says.

    Raises:
        InputError: a word is not of that form.
    """
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise InputError("--set", "", "NAME=VALUE", word)
        found[name] = value
    return found


def as_json(stored: StoredPrice) -> dict[str, str]:
    """A price for programs: texts, so that no amount becomes a float."""
    return {**texts_of(stored.price), "imported_at": stored.imported_at.isoformat()}


def print_json(value: object) -> None:
    """Print a JSON value to standard output."""
    sys.stdout.write(json.dumps(value, indent=1) + "\n")


def digits(amount: Decimal) -> str:
    """An amount without an exponent, and without zeros at the end."""
    text = format(amount, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
