"""``perfanalysis prices list``: prices by filters, or where they are from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import click
from rich.table import Table
from rich.text import Text

from perfanalysis.printable import printable
from perfanalysis.terminal import Terminal
from prices.book.listing import StoredSource, prices_of, sources
from prices.book.opening import Book, opened
from prices.book.rows import StoredPrice
from prices.commands import options
from prices.commands.price_table import WIDE, print_prices


@click.command("list")
@options.BOOK
@options.filters
@options.SOURCE
@click.option("--sources", "by_source", is_flag=True, help="Only where the prices are from.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many."
)
@WIDE
@options.AS_JSON
def listing(  # noqa: PLR0913, PLR0917 - one for each flag
    book: Book | None,
    source: str | None,
    by_source: bool,
    limit: int,
    wide: bool,
    as_json: bool,
    **filters: str | None,
) -> None:
    """List prices, or where they are from; `prices export` writes them as CSV."""
    with opened(options.book_of(book)) as connection:
        if by_source:
            _show_sources(sources(connection), as_json=as_json)
            return
        chosen = prices_of(connection, filters, source)
        single = wide or as_json or filters.get("machine") is not None
        found, hidden = _first(chosen, limit + 1, single=single)
    shown = found[:limit]
    if as_json:
        options.print_json([options.as_json(stored) for stored in shown])
    else:
        print_prices(shown, wide=wide)
    if hidden:
        said = "prices of single machines are not listed: --machine NAME, or --wide, shows them"
        click.echo(said, err=True)
    if len(found) > limit:
        click.echo(f"there are more than {limit}; --limit shows them", err=True)


def _first(
    chosen: Iterable[StoredPrice], most: int, *, single: bool
) -> tuple[list[StoredPrice], bool]:
    """The first prices, and whether those of single machines were left out.

    A bill has a price of each machine beside that of its type. Where there are no prices of types,
    those of machines are all that there is.
    """
    if single:
        return list(islice(chosen, most)), False
    types: list[StoredPrice] = []
    machines: list[StoredPrice] = []
    hidden = False
    for stored in chosen:
        if not stored.price.machine:
            types.append(stored)
        else:
            hidden = True
            if len(machines) < most:
                machines.append(stored)
        if len(types) == most:
            break
    return (types, hidden) if types else (machines, False)


def _show_sources(found: list[StoredSource], *, as_json: bool) -> None:
    if as_json:
        options.print_json(
            [
                {"source": s.name, "prices": s.prices, "last_import": s.last_import.isoformat()}
                for s in found
            ]
        )
        return
    table = Table("source", "prices", "last import (UTC)")
    for one in found:
        table.add_row(
            Text(printable(one.name)), f"{one.prices:,}", one.last_import.strftime("%Y-%m-%d %H:%M")
        )
    Terminal().print(table)
