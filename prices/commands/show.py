"""``perfanalysis prices show``: the price that counts for a machine at a time."""

from __future__ import annotations

import click

from perfanalysis.errors import InputError, PerfAnalysisError
from prices.book.look_up import WantedPrice, look_up
from prices.book.opening import Book, opened
from prices.commands import options
from prices.commands.price_table import print_prices
from prices.price import Payment, Purchase, Term


@click.command()
@options.BOOK
@click.option("--provider", required=True, help="aws, azure, gcp, oci, or a name of your own.")
@click.option("--region", default="", help="The provider's region.")
@click.option("--zone", default="", help="The provider's zone.")
@click.option("--instance-type", default="", help="The provider's name of the machine's type.")
@click.option(
    "--machine",
    "machines",
    multiple=True,
    help="The machine's name or the provider's id of it; may be given again.",
)
@click.option("--operating-system", default="linux", show_default=True, help="Of the machine.")
@click.option("--tenancy", default="shared", show_default=True, help="Of the machine.")
@click.option(
    "--purchase",
    type=click.Choice([str(one) for one in Purchase]),
    default=str(Purchase.ON_DEMAND),
    show_default=True,
    help="On which terms.",
)
@click.option("--months", type=click.IntRange(1), help="Of the commitment, such as 12 or 36.")
@click.option(
    "--payment",
    type=click.Choice([str(one) for one in Payment]),
    default=str(Payment.NONE),
    show_default=True,
    help="Of the commitment.",
)
@click.option("--currency", default="", help="ISO 4217, such as USD; default: any.")
@click.option("--at", help="When, such as 2026-03-01 or now-30d; default: now.")
@options.AS_JSON
def show(  # noqa: PLR0913, PLR0917 - one for each flag
    book: Book | None,
    purchase: str,
    months: int | None,
    payment: str,
    at: str | None,
    as_json: bool,
    machines: tuple[str, ...],
    **asked: str,
) -> None:
    """Show the price that counts.

    The most specific that is valid then: of the machine, the zone, the region, everywhere; of these
    the newest.
    """
    committed = purchase in {Purchase.RESERVED, Purchase.SAVINGS_PLAN}
    if committed and months is None:
        raise InputError("--months", "", f"the months of the commitment, for {purchase}")
    wanted = WantedPrice(
        at=options.moment_of(at, "--at"),
        machines=machines,
        purchase=Purchase(purchase),
        term=Term(months, Payment(payment)) if committed and months else None,
        **asked,
    )
    if not (wanted.instance_type or wanted.machines):
        raise InputError("--instance-type", "", "a type, or --machine")
    place = options.book_of(book)
    with opened(place) as connection:
        found = look_up(connection, wanted)
    if found is None:
        raise PerfAnalysisError(
            f"{place}: has no such price; `perfanalysis prices list` shows what it has"
        )
    if as_json:
        options.print_json(options.as_json(found))
    else:
        print_prices([found])
