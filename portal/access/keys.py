"""Keys of a tenant: made, listed, rotated with an overlap, revoked at once.

A process keeps no key in memory: each request looks its own up, so what is revoked here ends in
all of them with the commit.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from portal.access import quotas
from portal.access import scopes as scope_words
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.access.key_text import KeyText, new_key
from portal.records.base import now
from portal.records.key_look_up import KnownKey
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow

REQUESTS_PER_MINUTE = 6000


class Terms(NamedTuple):
    """What a new key is to be.

    Attributes:
        name: for people.
        scopes: of ``scopes.SCOPES``.
        expires_at: when it ends; None: by revocation alone.
        requests_per_minute: the most that it may make.
    """

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    requests_per_minute: int = REQUESTS_PER_MINUTE


def create(session: TenantSession, caller: Caller, terms: Terms) -> tuple[KeyRow, KeyText]:
    """A new key; its text is in nobody's hands but the caller's.

    Raises:
        QuotaError: the tenant may have no further one.
    """
    quotas.take_key(session)
    row, text = _made(caller, terms)
    session.add(row)
    facts = {"name": terms.name, "scopes": list(terms.scopes)}
    write_down(session, caller, "key.create", row.prefix, **facts)
    session.flush()
    return row, text


def rotate(
    session: TenantSession, caller: Caller, old: KeyRow, overlap: timedelta
) -> tuple[KeyRow, KeyText] | None:
    """A new key in place of another one, which goes on until the overlap is over.

    Returns:
        The new key; None: the old one has ended already, or was rotated before.
    """
    if not is_alive(old) or old.replaced_by is not None:
        return None
    scopes = scope_words.parted(old.scopes)
    terms = Terms(old.name, scopes, old.expires_at, old.requests_per_minute)
    row, text = _made(caller, terms)
    row.id = uuid.uuid4()
    end = now() + overlap
    old.replaced_by = row.id
    old.expires_at = min(end, old.expires_at or end)
    session.add(row)
    seconds = overlap.total_seconds()
    write_down(session, caller, "key.rotate", old.prefix, new=row.prefix, overlap_seconds=seconds)
    session.flush()
    return row, text


def revoke(session: TenantSession, caller: Caller, row: KeyRow) -> None:
    """End a key now; again, nothing changes."""
    if row.revoked_at is None:
        row.revoked_at = now()
        write_down(session, caller, "key.revoke", row.prefix)
        session.flush()


def find(session: TenantSession, key: uuid.UUID, *, lock: bool = False) -> KeyRow | None:
    """A key by its id.

    Args:
        session: of its tenant.
        key: its id.
        lock: keep others from changing it until the transaction ends.
    """
    asked = select(KeyRow).where(KeyRow.id == key)
    return session.scalar(asked.with_for_update() if lock else asked)


def listed(session: TenantSession) -> list[KeyRow]:
    """All keys of a tenant, those that are over too, the oldest first."""
    return list(session.scalars(select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)))


def is_alive(row: KeyRow | KnownKey, at: datetime | None = None) -> bool:
    """Whether a key is still good."""
    at = at or now()
    return row.revoked_at is None and (row.expires_at is None or at < row.expires_at)


def _made(caller: Caller, terms: Terms) -> tuple[KeyRow, KeyText]:
    text = new_key()
    row = KeyRow(
        prefix=text.prefix,
        digest=text.digest,
        name=terms.name,
        scopes=scope_words.joined(terms.scopes),
        requests_per_minute=terms.requests_per_minute,
        created_by=caller.shown,
        expires_at=terms.expires_at,
    )
    return row, text
