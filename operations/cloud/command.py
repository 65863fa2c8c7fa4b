"""``perfanalysis cloud cost``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from operations.cloud.costing import ComparisonCost, cost_of
from operations.cloud.showing import as_document, print_cost
from operations.cloud.wanted_machines import (
    USUAL_COUNT,
    ComparedType,
    WantedMachines,
    checked_hours,
    in_each_region,
    read_variables,
)
from perfanalysis.errors import InputError, PerfAnalysisError
from prices.book.look_up import WantedPrice
from prices.book.opening import Book, opened
from prices.commands import options
from prices.commands.options import digits


@click.command()
@click.argument("variables", required=False, type=click.Path(path_type=Path), metavar="[VARIABLES]")
@options.BOOK
@click.option("--provider", required=True, help="aws, azure, gcp, oci, or a name of your own.")
@click.option("--region", "regions", multiple=True, help="The provider's; may be given again.")
@click.option("--zone", default="", help="The machines' zone; default: any, the dearest counts.")
@click.option(
    "--machines",
    multiple=True,
    metavar="TYPE[=COUNT]",
    help=f"Machines of a type in each region, {USUAL_COUNT} where nothing is said; may be given "
    "again.",
)
@click.option(
    "--purchase",
    type=click.Choice(["on_demand", "spot"]),
    help="Of --machines; default: on_demand.",
)
@click.option("--hours", help="The time limit of a machine.")
@click.option(
    "--budget", help="The most that all may cost; default: what VARIABLES says, if it does."
)
@click.option("--currency", default="", help="ISO 4217, such as USD; default: any.")
@click.option("--at", help="When, such as 2026-03-01 or now-30d; default: now.")
@options.AS_JSON
def cost(  # noqa: PLR0913 - one for each flag
    *,
    variables: Path | None,
    book: Book | None,
    provider: str,
    regions: tuple[str, ...],
    zone: str,
    machines: tuple[str, ...],
    purchase: str | None,
    hours: str | None,
    budget: str | None,
    currency: str,
    at: str | None,
    as_json: bool,
) -> None:
    """Say what machines of a comparison cost, before they are made.

    VARIABLES is the file terraform.tfvars.json of deploy/terraform; without it flags say which
    machines. Prices are those of the price book, for hours of machines alone: disks, addresses and
    traffic are not in it. The modules want what --json prints, and stop a plan that costs more than
    its budget, or whose prices are not known.

    Exit status: 0 all prices are known, and the total is within the budget; 1 if not; 2 bad input.
    """
    if variables is None:
        wanted = _by_flags(regions, machines, purchase, hours)
    elif regions or machines or purchase or hours:
        raise InputError("--machines", "", "either VARIABLES, or flags that say which machines")
    else:
        wanted = read_variables(variables)
    limit = wanted.budget if budget is None else _number("--budget", budget)
    if limit is not None and limit <= 0:
        raise InputError("--budget", "", "more than 0", budget)
    place = options.book_of(book)
    with opened(place) as connection:
        asked = WantedPrice(provider, options.moment_of(at, "--at"), zone=zone, currency=currency)
        found = cost_of(connection, asked, wanted)
    if as_json:
        options.print_json(as_document(found, limit))
    else:
        print_cost(found)
    _judge(found, limit, str(place))


def _by_flags(
    regions: tuple[str, ...], machines: tuple[str, ...], purchase: str | None, hours: str | None
) -> WantedMachines:
    if not machines:
        raise InputError("--machines", "", "VARIABLES, or a type such as m7i.large=3")
    if not regions:
        raise InputError("--region", "", "the region of the machines")
    if hours is None:
        raise InputError("--hours", "", "the time limit of a machine")
    limit = checked_hours(_number("--hours", hours), "--hours", "")
    rows = []
    for word in machines:
        name, equals, text = word.partition("=")
        if not name or (
            equals and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100)
        ):
            raise InputError(
                "--machines", "", "a type, with a count from 1 to 100: m7i.large=3", word
            )
        spot = purchase == "spot"
        rows.append(
            ComparedType(
                name, int(text) if equals else USUAL_COUNT, "spot" if spot else "on_demand"
            )
        )
    return WantedMachines(in_each_region(rows, list(regions), "--machines"), limit, None)


def _number(flag: str, text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise InputError(flag, "", "a number", text) from None
    if not found.is_finite():
        raise InputError(flag, "", "a number", text)
    return found


def _judge(found: ComparisonCost, budget: Decimal | None, book: str) -> None:
    """Raise what is to be done about unknown prices, and a budget that is not enough."""
    if found.unknown:
        row = found.unknown[0]
        more = f", and {len(found.unknown) - 1} more" if len(found.unknown) > 1 else ""
        raise PerfAnalysisError(
            f"{book}: has no {row.purchase} price of {row.instance_type} in {row.region}{more}: "
            "bring it in (`perfanalysis prices import`, or `prices template` for one of your own)"
        )
    if found.total is None:
        raise PerfAnalysisError(
            f"{book}: prices are in {', '.join(sorted(found.totals))}, which cannot be added up: "
            "choose one with --currency"
        )
    amount, currency = found.total
    if budget is not None and amount > budget:
        raise PerfAnalysisError(
            f"the machines cost up to {digits(amount)} {currency}, {digits(amount - budget)} more "
            "than the budget: take fewer machines or hours, spot, or raise the budget"
        )
