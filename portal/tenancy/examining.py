"""What a person should look after: keys that end soon, senders of tenants that are suspended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Engine, select

from portal.access.keys import is_alive
from portal.migrations.examining import Examined
from portal.records.base import now
from portal.records.tenant_session import TenantSession
from portal.records.tenants import SUSPENDED, KeyRow, TenantRow
from portal.tenancy import provisioning

SOON = timedelta(days=14)
# A sender tries again within a day.
_LATELY = timedelta(days=1)
_SHOWN = 5


def examine(engine: Engine) -> list[Examined]:
    """Look at the keys of all tenants."""
    ending, refused = [], []
    for tenant in _tenants(engine):
        with TenantSession(engine, tenant.id) as session:
            keys = [row for row in session.scalars(select(KeyRow)) if is_alive(row)]
        if tenant.state == SUSPENDED:
            if any(row.last_used_at and now() - row.last_used_at < _LATELY for row in keys):
                refused.append(tenant.name)
            continue
        ending += [_ending(row, tenant) for row in keys if _ends_soon(row)]
    return [_of_keys(sorted(ending)), _of_suspended(refused)]


def _ends_soon(row: KeyRow) -> bool:
    # One that was rotated is to end.
    return row.replaced_by is None and row.expires_at is not None and row.expires_at - now() < SOON


def _ending(row: KeyRow, tenant: TenantRow) -> str:
    return f"perf_{row.prefix} of {tenant.name} on {row.expires_at:%Y-%m-%d}"


def _of_keys(ending: list[str]) -> Examined:
    if not ending:
        return Examined("keys", f"none ends within {SOON.days} days")
    more = f" and {len(ending) - _SHOWN} more" if len(ending) > _SHOWN else ""
    said = f"{len(ending)} end soon: {', '.join(ending[:_SHOWN])}{more}"
    return Examined("keys", said, "say `perfanalysis portal key rotate PREFIX --tenant NAME`")


def _of_suspended(refused: list[str]) -> Examined:
    if not refused:
        return Examined("suspended tenants", "nobody sends for one")
    said = f"keys of {', '.join(refused[:_SHOWN])} were used within a day, and refused"
    to_do = "resume the tenant, or stop its agents: their spools keep what they cannot deliver"
    return Examined("suspended tenants", said, to_do)


def _tenants(engine: Engine) -> Iterator[TenantRow]:
    cursor: str | None = None
    while True:
        found = provisioning.tenants(engine, cursor, 100)
        yield from found.rows
        cursor = found.cursor
        if cursor is None:
            return
