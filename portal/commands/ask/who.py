"""``perfanalysis portal ask who``: whose key it is."""

from __future__ import annotations

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import keys
from portal.commands.ask import options


@click.command("who")
@options.PORTAL
@options.AS_JSON
def who(portal: EndpointFlags, as_json: bool) -> None:
    """Say whose key it is, and what it may do."""
    with options.connected(portal) as connection:
        own = keys.own(connection)
    if as_json:
        options.print_json(own)
        return
    mark = ", the operator's" if own.is_operator else ""
    click.echo(f"{own.key} of tenant {own.tenant}{mark}: {', '.join(own.scopes)}")
