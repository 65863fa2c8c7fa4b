"""``perfanalysis portal ask baselines``: tests that others are held against."""

from __future__ import annotations

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import baselines as client
from portal.commands.ask import options


@click.command("baselines")
@options.PORTAL
@click.option("--pin", nargs=2, metavar="NAME TEST_ID", help="First pin this test by that name.")
@click.option("--unpin", metavar="NAME", help="First forget this one; its test stays.")
@options.MOST
@options.AS_JSON
def baselines(
    portal: EndpointFlags,
    pin: tuple[str, str] | None,
    unpin: str | None,
    *,
    most: int,
    as_json: bool,
) -> None:
    """List baselines by name."""
    with options.connected(portal) as connection:
        if pin is not None:
            client.pin(connection, *pin)
        if unpin is not None:
            client.unpin(connection, unpin)
        rows, more = options.first(client.baselines(connection), most)
    if as_json:
        options.print_json(rows)
        return
    options.show(
        rows,
        {
            "baseline": lambda row: row.name,
            "test": lambda row: row.test_id,
            "pinned (UTC)": lambda row: row.pinned_at,
            "by": lambda row: row.pinned_by,
        },
        more=more,
    )
