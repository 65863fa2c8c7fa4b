"""``perfanalysis prices remove-source``: all prices of a source."""

from __future__ import annotations

import click

from perfanalysis.errors import InputError
from perfanalysis.printable import printable
from prices import machine_file
from prices.book import listing
from prices.book.opening import Book, opened
from prices.commands import options


@click.command("remove-source")
@click.argument("name")
@options.BOOK
def remove_source(name: str, book: Book | None) -> None:
    """Remove all prices of a source; `prices list --sources` has the names."""
    place = options.book_of(book)
    with opened(place) as connection:
        gone = listing.remove_source(connection, name)
        if not gone:
            known = ", ".join(source.name for source in listing.sources(connection)) or "none"
            raise InputError(str(place), "", f"a source that it has ({known})", name)
    folder = options.folder_of(place)
    machine_file.write(place, machine_file.known(folder), folder)
    click.echo(printable(f"{place}: {gone:,} prices of {name!r} removed"))
