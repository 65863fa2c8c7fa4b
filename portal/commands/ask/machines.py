"""``perfanalysis portal ask machines``: machines by name."""

from __future__ import annotations

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import machines as client
from perfanalysis.portal_client.machines import MachineChoice
from portal.commands.ask import options


@click.command("machines")
@options.PORTAL
@options.filters("name", "provider", "region", "zone", "instance_type", "owner")
@click.option(
    "--state",
    type=click.Choice(["active", "retired", "merged"]),
    help="Only those in this state.",
)
@options.MOST
@options.AS_JSON
def machines(portal: EndpointFlags, most: int, as_json: bool, **said: str | None) -> None:
    """List machines by name."""
    with options.connected(portal) as connection:
        rows, more = options.first(client.machines(connection, MachineChoice(**said)), most)
    if as_json:
        options.print_json(rows)
        return
    options.show(
        rows,
        {
            "machine": lambda row: row.name,
            "state": lambda row: row.state,
            "provider": lambda row: row.provider,
            "region": lambda row: row.region,
            "type": lambda row: row.instance_type,
            "CPUs": lambda row: row.logical_cpus,
            "memory (GiB)": lambda row: (
                None if row.memory_bytes is None else row.memory_bytes / 2**30
            ),
            "address": lambda row: row.address,
            "owner": lambda row: row.owner,
            "id": lambda row: row.id,
        },
        more=more,
    )
