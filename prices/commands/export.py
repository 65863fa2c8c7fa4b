"""``perfanalysis prices export``: prices as CSV, in the format in which they can be imported."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from perfanalysis.errors import PerfAnalysisError
from prices.book.listing import prices_of
from prices.book.opening import Book, opened
from prices.commands import options
from prices.importers.own_fields import FIELDS, texts_of


@click.command()
@options.BOOK
@options.filters
@options.SOURCE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file; default: standard output.",
)
def export(
    book: Book | None, source: str | None, output: Path | None, **filters: str | None
) -> None:
    """Write prices as CSV, which can be imported."""
    try:
        stream = output.open("w", newline="", encoding="utf-8") if output else sys.stdout
    except OSError as error:
        raise PerfAnalysisError(f"{output}: cannot be written ({error.strerror})") from error
    try:
        writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
        writer.writeheader()
        with opened(options.book_of(book)) as connection:
            for stored in prices_of(connection, filters, source):
                writer.writerow(texts_of(stored.price))
    finally:
        if output:
            stream.close()
