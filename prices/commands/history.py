"""``perfanalysis prices history``: how prices changed."""

from __future__ import annotations

from decimal import Decimal

import click

from perfanalysis.errors import InputError
from prices.book.listing import prices_of
from prices.book.opening import Book, opened
from prices.book.rows import StoredPrice
from prices.commands import options
from prices.commands.price_table import WIDE, print_prices


@click.command()
@options.BOOK
@options.filters
@options.SOURCE
@WIDE
@options.AS_JSON
def history(
    book: Book | None, source: str | None, wide: bool, as_json: bool, **filters: str | None
) -> None:
    """Show how prices changed: each with its difference to the one before it."""
    if not (filters["instance_type"] or filters["machine"]):
        raise InputError("--instance-type", "", "a type, or --machine")
    # Of a type: its own prices, and not those of its machines.
    filters["machine"] = filters["machine"] or ""
    with opened(options.book_of(book)) as connection:
        found = list(prices_of(connection, filters, source))
    found.sort(key=lambda stored: (_thing(stored), stored.price.valid_from))
    if as_json:
        options.print_json([options.as_json(stored) for stored in found])
        return
    print_prices(found, {"change": _changes(found)}, wide=wide)


def _thing(stored: StoredPrice) -> tuple[str, ...]:
    """Whose course it is: what two prices must share to be compared."""
    price = stored.price
    term = f"{price.term.months:03} {price.term.payment}" if price.term else ""
    return (
        price.provider,
        price.instance_type,
        price.machine,
        price.region,
        price.zone,
        price.operating_system,
        price.tenancy,
        price.purchase,
        term,
        price.currency,
        price.source,
    )


def _changes(found: list[StoredPrice]) -> list[str]:
    said: list[str] = []
    before: StoredPrice | None = None
    for stored in found:
        if before is None or _thing(before) != _thing(stored) or not before.price.amount:
            said.append("")
        else:
            ratio = stored.price.amount / before.price.amount - 1
            said.append(f"{ratio.quantize(Decimal('0.0001')):+.2%}")
        before = stored
    return said
