"""``perfanalysis portal ask keys``: keys of the caller's tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.portal_client import keys as client
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.keys import KeyToMake, PortalKey
from portal.commands.ask import options


@click.group()
def keys() -> None:
    """List, make, rotate and revoke keys of the tenant."""


@keys.command("list")
@options.PORTAL
@options.MOST
@options.AS_JSON
def listing(portal: EndpointFlags, most: int, as_json: bool) -> None:
    """List keys, the oldest first, those that are over too."""
    with options.connected(portal) as connection:
        rows, more = options.first(client.keys(connection), most)
    if as_json:
        options.print_json(rows)
        return
    options.show(
        rows,
        {
            "key": lambda row: row.prefix,
            "name": lambda row: row.name,
            "scopes": lambda row: ", ".join(row.scopes),
            "usable": lambda row: row.usable,
            "expires (UTC)": lambda row: row.expires_at,
            "last used (UTC)": lambda row: row.last_used_at,
        },
        more=more,
    )


@keys.command("create")
@options.PORTAL
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(["read", "write", "report", "run", "admin"]),
    help="What it may do; can be given several times.",
)
@click.option("--expires-in", help="Such as 90d; without it, by revocation alone.")
def create(
    portal: EndpointFlags, name: str, scopes: tuple[str, ...], expires_in: str | None
) -> None:
    """Make a key and print it, once."""
    until = None
    if expires_in is not None:
        until = datetime.now(UTC) + timedelta(seconds=_seconds(expires_in, "--expires-in"))
    terms = KeyToMake(name=name, scopes=list(scopes), expires_at=until)
    with options.connected(portal) as connection:
        click.echo(client.make(connection, terms).key)


@keys.command("rotate")
@options.PORTAL
@click.argument("prefix")
@click.option(
    "--overlap", default="1d", show_default=True, help="How long the old one goes on; 0s: not."
)
def rotate(portal: EndpointFlags, prefix: str, overlap: str) -> None:
    """Make a key in place of another one, and print it, once."""
    seconds = int(_seconds(overlap, "--overlap"))
    with options.connected(portal) as connection:
        old = _find(connection, prefix)
        click.echo(client.rotate(connection, old.id, seconds).key)


@keys.command("revoke")
@options.PORTAL
@click.argument("prefix")
def revoke(portal: EndpointFlags, prefix: str) -> None:
    """End a key now, in all portals of its database."""
    with options.connected(portal) as connection:
        client.revoke(connection, _find(connection, prefix).id)


def _find(connection: PortalConnection, prefix: str) -> PortalKey:
    # A whole key may have been pasted: what is compared and shown is its public part.
    short = "perf_" + prefix.removeprefix("perf_")[:10]
    for key in client.keys(connection):
        if key.prefix == short:
            return key
    raise InputError("PREFIX", "", "the public prefix of a key, as `keys list` shows it", short)


def _seconds(text: str, flag: str) -> float:
    seconds = parse_duration(text, bare=False)
    if seconds is None or not 0 <= seconds <= 3650 * 86400:
        raise InputError(flag, "", "a duration such as 90d, of at most ten years", text)
    return seconds
