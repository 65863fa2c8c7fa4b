"""The cost for people, and for the modules of deploy/terraform."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from operations.cloud.costing import ComparisonCost, RowCost
from perfanalysis.printable import printable
from perfanalysis.terminal import Terminal
from prices.commands.options import digits


def as_document(found: ComparisonCost, budget: Decimal | None) -> dict[str, Any]:
    """For programs: amounts are texts, so that none becomes a float; what is unknown is null."""
    total = found.total
    return {
        "provider": found.provider,
        "hours": digits(found.hours),
        "asked_at": found.asked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "total": None if total is None else digits(total[0]),
        "currency": None if total is None else total[1],
        "budget": None if budget is None else digits(budget),
        "machines": [_row(row) for row in found.rows],
    }


def _row(row: RowCost) -> dict[str, Any]:
    price = row.price
    return {
        "instance_type": row.instance_type,
        "region": row.region,
        "purchase": row.purchase,
        "count": row.count,
        "price_per_hour": None if price is None else digits(price.price.amount),
        "currency": None if price is None else price.price.currency,
        "zone": None if price is None else price.price.zone or None,
        "source": None if price is None else price.price.source,
        "valid_from": None if price is None else price.price.valid_from.isoformat(),
        "cost": None if row.cost is None else digits(row.cost),
    }


def print_cost(found: ComparisonCost) -> None:
    """Print a table, a line for each type, and the total."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("type", "region", "bought"):
        table.add_column(heading)
    for heading in ("machines", "an hour of one", f"{digits(found.hours)} h of all"):
        table.add_column(heading, justify="right")
    table.add_column("from")
    for row in found.rows:
        table.add_row(*(Text(printable(word)) for word in _words(row)))
    Terminal().print(table)
    for currency, amount in sorted(found.totals.items()):
        click.echo(f"at most {digits(amount)} {currency}{_without(found)}")
    click.echo("hours of machines alone: disks, addresses and traffic are not in it")


def _words(row: RowCost) -> tuple[str, ...]:
    about = (row.instance_type, row.region, row.purchase, str(row.count))
    if row.price is None or row.cost is None:
        return (*about, "unknown", "unknown", "")
    price = row.price.price
    begun = f"{price.valid_from.astimezone(UTC):%Y-%m-%d}"
    zone = f", zone {price.zone}" if price.zone else ""
    amounts = (f"{digits(price.amount)} {price.currency}", f"{digits(row.cost)} {price.currency}")
    return (*about, *amounts, f"{price.source}, {begun}{zone}")


def _without(found: ComparisonCost) -> str:
    unknown = sum(row.count for row in found.unknown)
    return f", and what {unknown} machines cost whose price is unknown" if unknown else ""
