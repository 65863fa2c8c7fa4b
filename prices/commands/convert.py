"""``perfanalysis prices convert``: prices in another currency, beside their own."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from perfanalysis.renamed_option import RenamedOption
from prices.book.listing import prices_of
from prices.book.opening import Book, opened
from prices.commands import options
from prices.commands.price_table import WIDE, print_prices
from prices.currencies import ConvertedAmount, read_rates


@click.command()
@options.BOOK
@options.filters
@options.SOURCE
@click.option("--to", "target", required=True, help="The currency, such as EUR.")
@click.option(
    "--exchange-rates",
    "rates",
    cls=RenamedOption,
    old_names=("--rates",),
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Exchange rates: the ECB's reference rates (XML or CSV), or CSV with date,from,to,rate.",
)
@click.option(
    "--at", help="At the rates of which day, such as 2026-03-01; default: of each price's begin."
)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many."
)
@WIDE
@options.AS_JSON
def convert(  # noqa: PLR0913, PLR0917 - one for each flag
    book: Book | None,
    source: str | None,
    target: str,
    rates: Path,
    at: str | None,
    limit: int,
    wide: bool,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Show prices in another currency, beside their own.

    The book stays as it is. A rate is of the day, or the last of the 10 days before it.
    """
    exchange = read_rates(rates)
    day = None if at is None else options.moment_of(at, "--at").date()
    with opened(options.book_of(book)) as connection:
        found = list(islice(prices_of(connection, filters, source), limit + 1))
    shown = found[:limit]
    converted = [
        exchange.converted(
            stored.price.amount,
            stored.price.currency,
            target,
            day or stored.price.valid_from.date(),
        )
        for stored in shown
    ]
    if as_json:
        options.print_json(
            [
                {**options.as_json(stored), "converted": _as_json(target, other)}
                for stored, other in zip(shown, converted, strict=True)
            ]
        )
    else:
        amounts = [f"{options.digits(one.amount)} {target}" for one in converted]
        days = [", ".join(str(day) for day in one.days) for one in converted]
        more = {"converted": amounts, "rate of": days}
        print_prices(shown, more, wide=wide)
    if len(found) > limit:
        click.echo(f"there are more than {limit}; --limit shows them", err=True)


def _as_json(currency: str, converted: ConvertedAmount) -> dict[str, object]:
    return {
        "amount": options.digits(converted.amount),
        "currency": currency,
        "rates_of": [str(day) for day in converted.days],
    }
