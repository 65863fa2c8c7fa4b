"""``perfanalysis portal ask cost``: what a machine cost, by what it was at each moment."""

from __future__ import annotations

import uuid
from datetime import datetime

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import InputError
from perfanalysis.portal_client import machines, prices
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.machines import MachineChoice
from perfanalysis.portal_client.prices import CostQuestion, PortalCost
from portal.commands.ask import options


@click.command("cost")
@click.argument("machine")
@options.PORTAL
@click.option(
    "--from", "since", required=True, callback=options.moment_of, help="From when on; UTC."
)
@click.option("--to", "until", callback=options.moment_of, help="Until when; UTC; default: now.")
@click.option(
    "--purchase",
    type=click.Choice(["list", "contracted", "effective", "spot"]),
    default="list",
    show_default=True,
    help="By which price; the inventory does not know how a machine was bought.",
)
@click.option("--operating-system", default="linux", show_default=True, help="Of the machine.")
@click.option(
    "--tenancy",
    type=click.Choice(["shared", "dedicated", "host"]),
    default="shared",
    show_default=True,
    help="Of the machine.",
)
@click.option("--currency", help="To convert to, such as EUR; default: as it is.")
@click.option(
    "--assume-first",
    is_flag=True,
    help="Take what was first known of the machine for the time before, too.",
)
@options.AS_JSON
def cost(  # noqa: PLR0913 - one for each option
    portal: EndpointFlags,
    *,
    machine: str,
    since: datetime,
    until: datetime | None,
    purchase: str,
    operating_system: str,
    tenancy: str,
    currency: str | None,
    assume_first: bool,
    as_json: bool,
) -> None:
    """Say what MACHINE, a name or an id, cost over a time, if it ran all of it."""
    asked = CostQuestion(since, until, purchase, operating_system, tenancy, currency, assume_first)
    with options.connected(portal) as connection:
        found = prices.cost(connection, _id_of(connection, machine), asked)
    if as_json:
        options.print_json(found)
    else:
        _show(found)


def _show(found: PortalCost) -> None:
    options.show(
        found.stretches,
        {
            "from (UTC)": lambda row: row.since,
            "to": lambda row: row.until,
            "type then": lambda row: row.instance_type,
            "region then": lambda row: row.region,
            "an hour": lambda row: f"{row.price.amount} {row.price.currency}",
            "cost": lambda row: f"{row.cost} {row.price.currency}",
            "converted": lambda row: row.converted,
        },
    )
    for currency, amount in sorted(found.sums.items()):
        click.echo(f"{amount} {currency}")
    if found.retired_seconds:
        click.echo(f"retired for {found.retired_seconds:g} seconds of it, in no sum")
    for said in found.unknown:
        click.echo(said, err=True)


def _id_of(connection: PortalConnection, machine: str) -> uuid.UUID:
    """The id of a machine that is named, or the one that was given.

    Raises:
        InputError: there is no machine of that name.
    """
    try:
        return uuid.UUID(machine)
    except ValueError:
        found = next(iter(machines.machines(connection, MachineChoice(name=machine))), None)
    if found is None:
        raise InputError("MACHINE", "", "the name or id of a machine of this tenant", machine)
    return found.id
