"""``perfanalysis portal key``: keys of a tenant, for whoever has the database."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from portal.access import keys, scopes
from portal.access.keys import Terms
from portal.commands import options
from portal.records.base import now
from portal.records.faults import ConflictError, NotThereError
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow
from portal.tenancy.provisioning import local_person

_LONGEST = 3650 * 86400


@click.group()
def key() -> None:
    """Make, list, rotate and revoke keys."""


@key.command("create")
@options.database
@options.TENANT
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scope",
    "chosen",
    multiple=True,
    required=True,
    type=click.Choice(scopes.SCOPES),
    help="What it may do; can be given several times.",
)
@click.option("--expires-in", help="Such as 90d; without it, by revocation alone.")
def create(  # noqa: PLR0913 - one for each option
    database: str | None,
    database_file: Path | None,
    *,
    tenant: str | None,
    name: str,
    chosen: tuple[str, ...],
    expires_in: str | None,
) -> None:
    """Make a key and print it, once."""
    until = None if expires_in is None else now() + _duration(expires_in, "--expires-in")
    if not name or len(name) > 200 or not name.isprintable():
        raise InputError("--name", "", "up to 200 printable characters", name)
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            caller = local_person(row, options.person())
            _, text = keys.create(session, caller, Terms(name, chosen, until))
    click.echo(text.text)


@key.command("list")
@options.database
@options.TENANT
def listing(database: str | None, database_file: Path | None, tenant: str | None) -> None:
    """List keys: public prefix, state, scopes, last use, name."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id) as session:
            for found in session.scalars(select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)):
                used = found.last_used_at
                shown = "never used" if used is None else f"used {used:%Y-%m-%d %H:%M}"
                words = (f"perf_{found.prefix}", _state(found), found.scopes, shown, found.name)
                click.echo("  ".join(words))


@key.command("rotate")
@options.database
@options.TENANT
@click.argument("prefix")
@click.option(
    "--overlap", default="1d", show_default=True, help="How long the old one goes on; 0s: not."
)
def rotate(
    database: str | None, database_file: Path | None, tenant: str | None, prefix: str, overlap: str
) -> None:
    """Make a key in place of another one, and print it, once."""
    both = _duration(overlap, "--overlap")
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            old = _find(session, prefix)
            made = keys.rotate(session, local_person(row, options.person()), old, both)
            if made is None:
                raise ConflictError(f"the key {prefix} is over, or was rotated already")
    click.echo(made[1].text)


@key.command("revoke")
@options.database
@options.TENANT
@click.argument("prefix")
def revoke(
    database: str | None, database_file: Path | None, tenant: str | None, prefix: str
) -> None:
    """End a key now."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            found = _find(session, prefix)
            keys.revoke(session, local_person(row, options.person()), found)


def _find(session: TenantSession, prefix: str) -> KeyRow:
    short = prefix.removeprefix("perf_")[:10]
    found: uuid.UUID | None = session.scalar(select(KeyRow.id).where(KeyRow.prefix == short))
    row = None if found is None else keys.find(session, found, lock=True)
    if row is None:
        raise NotThereError("key", f"perf_{short}")
    return row


def _duration(text: str, flag: str) -> timedelta:
    seconds = parse_duration(text, bare=False)
    if seconds is None or not 0 <= seconds <= _LONGEST:
        raise InputError(flag, "", "a duration such as 90d, of at most ten years", text)
    return timedelta(seconds=seconds)


def _state(row: KeyRow) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "usable" if keys.is_alive(row) else "expired"
