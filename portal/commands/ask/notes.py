"""``perfanalysis portal ask notes``: what people say of a load test."""

from __future__ import annotations

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import notes as client
from portal.commands.ask import options


@click.command("notes")
@options.PORTAL
@click.argument("test_id")
@click.option("--add", metavar="TEXT", help="First add this note.")
@click.option("--remove", metavar="ID", help="First take this note away.")
@options.MOST
@options.AS_JSON
def notes(  # noqa: PLR0913 - one for each option
    portal: EndpointFlags,
    test_id: str,
    *,
    add: str | None,
    remove: str | None,
    most: int,
    as_json: bool,
) -> None:
    """Read the notes of a load test, the oldest first."""
    with options.connected(portal) as connection:
        if add is not None:
            client.add(connection, test_id, add)
        if remove is not None:
            client.remove(connection, test_id, options.id_of(remove, "--remove"))
        rows, more = options.first(client.notes(connection, test_id), most)
    if as_json:
        options.print_json(rows)
        return
    options.show(
        rows,
        {
            "written (UTC)": lambda row: row.written_at,
            "by": lambda row: row.written_by,
            "note": lambda row: row.text,
            "id": lambda row: row.id,
        },
        more=more,
    )
