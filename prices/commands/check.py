"""``perfanalysis prices check``: files before an import, or the book. Changes nothing."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection, create_engine, text

from perfanalysis.errors import PerfAnalysisError
from prices.book.listing import prices_of, sources
from prices.book.models import Base
from prices.book.opening import Book, exists, opened
from prices.commands import options
from prices.commands.importing import FORMAT, SETTINGS, show, take_in


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILES"
)
@FORMAT
@SETTINGS
@options.BOOK
@options.AS_JSON
def check(
    files: tuple[Path, ...],
    format_: str | None,
    settings: tuple[str, ...],
    book: Book | None,
    as_json: bool,
) -> None:
    """Check files before an import, or the book where no file is given.

    Of files it prints what an import would, and finds what contradicts the book. Of the book it
    reads all prices. Nothing is changed.
    """
    place = options.book_of(book)
    if not files:
        with opened(place) as connection:
            _check_book(connection, place)
        return
    said = options.settings_of(settings)
    if exists(place):
        with opened(place) as connection:
            imported = list(take_in(connection, files, format_, said))
            connection.rollback()
    else:
        with create_engine("sqlite://").begin() as connection:
            Base.metadata.create_all(connection)
            imported = list(take_in(connection, files, format_, said))
    show(imported, as_json=as_json)


def _check_book(connection: Connection, place: Book) -> None:
    if connection.dialect.name == "sqlite":
        said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        if said != "ok":
            damaged = f"the database is damaged ({said}); restore a copy of it"
            raise PerfAnalysisError(f"{place}: {damaged}")
    count = 0
    try:
        for _ in prices_of(connection, {}):
            count += 1
    except Exception as error:
        raise PerfAnalysisError(f"{place}: price {count + 1} is none ({error})") from error
    click.echo(f"{place}: all {count:,} prices are sound; sources: {len(sources(connection))}")
