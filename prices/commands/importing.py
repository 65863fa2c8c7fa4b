"""``perfanalysis prices import``: files into the book, all of them or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import Connection

from perfanalysis.errors import InputError, MalformedError
from perfanalysis.machines import book_prices
from perfanalysis.machines.cloud.discovery import AUTO, MODES
from perfanalysis.printable import printable
from prices import machine_file
from prices.book.opening import Book, opened
from prices.book.writing import ContradictionError, Written, write
from prices.commands import accounts, options
from prices.importers.importer import ImportAccount
from prices.importers.registered import importer_of, names
from prices.price import Price
from prices.reading.opened import ends_with_its_line

_OPEN_END = "a line without its line break, behind which the file may break off"


class ImportedFile(NamedTuple):
    """A file, and what became of it."""

    file: Path
    account: ImportAccount
    written: Written


FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(names()),
    help="The files' format; default: as each begins.",
)
SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="What a format is told beside the file, such as cost=billed; docs/prices.md has what each "
    "can be told; may be given again.",
)
FILES = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILES...",
)


@click.command("import")
@FILES
@FORMAT
@SETTINGS
@options.BOOK
@click.option(
    "--inventory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Write the prices of this inventory's machines to {book_prices.FILE} in the book's "
    "folder, for the exporter; default: of those that are there, else of this machine.",
)
@click.option(
    "--cloud",
    type=click.Choice(MODES),
    default=AUTO,
    show_default=True,
    help="Whose metadata service tells what machine this is, for 2 seconds at most.",
)
@options.AS_JSON
def importing(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    format_: str | None,
    settings: tuple[str, ...],
    book: Book | None,
    inventory: Path | None,
    cloud: str,
    as_json: bool,
) -> None:
    """Bring prices of lists, bills and files of your own into the book.

    Nothing is kept when one of the files is refused. The same file twice changes nothing.
    """
    place = options.book_of(book)
    said = options.settings_of(settings)
    folder = options.folder_of(place)
    machines = machine_file.wanted(folder, inventory, cloud)
    with opened(place, make=True) as connection:
        imported = list(take_in(connection, files, format_, said))
    machine_file.write(place, machines, folder)
    show(imported, as_json=as_json)


def show(imported: Sequence[ImportedFile], *, as_json: bool) -> None:
    """Print the accounts of files."""
    if as_json:
        options.print_json(
            [accounts.as_json(str(one.file), one.account, one.written) for one in imported]
        )
        return
    for one in imported:
        for line in accounts.lines(str(one.file), one.account, one.written):
            click.echo(printable(line))


def take_in(
    connection: Connection, files: Sequence[Path], format_: str | None, said: Mapping[str, str]
) -> Iterator[ImportedFile]:
    """Read files and write their prices into the book.

    Raises:
        InputError: a file is refused; nothing may be kept then.
    """
    now = datetime.now(UTC)
    for file in files:
        importer = importer_of(file, format_)
        for name in said:
            if name not in importer.options:
                known = ", ".join(importer.options) or "none"
                raise InputError("--set", "", f"a setting of {importer.name} ({known})", name)
        account = ImportAccount()
        try:
            with accounts.shown(str(file), account):
                prices: Iterator[Price] = importer.read(file, said, account)
                written = write(connection, prices, now)
        except ContradictionError as error:
            raise InputError(str(file), error.price, error.expected, error.found) from error
        except MalformedError as error:
            raise InputError(str(file), "", str(error).removeprefix("expected ")) from error
        if importer.lines and not ends_with_its_line(file):
            account.remark(_OPEN_END, "the last line")
        accounts.refuse_what_does_not_add_up(str(file), account)
        yield ImportedFile(file, account, written)
