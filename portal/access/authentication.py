"""From the key of a request to its caller, by one look into the database each time."""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import Engine, update

from portal.access import keys, scopes
from portal.access.caller import Caller
from portal.access.key_text import KeyText, key_of
from portal.records.base import now
from portal.records.key_look_up import KnownKey, look_up
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, KeyRow

# A key's last use is written this often: not each read is to be a write.
_USE_STEP = timedelta(minutes=1)
REASONS = ("none", "mistyped", "unknown", "revoked", "expired", "suspended", "scope")


class NoEntryError(Exception):
    """A key does not let in. The text says why, as far as its holder may know.

    Args:
        said: in one sentence.
        reason: in one word, for counters: one of ``REASONS``.
        status: of HTTP: 401, or 403 for a key that is good of a tenant that is not.
    """

    def __init__(self, said: str, reason: str, status: int = 401) -> None:
        self.reason = reason
        self.status = status
        super().__init__(said)


def authenticate(engine: Engine, text: str, request_id: str | None) -> tuple[Caller, KnownKey]:
    """The caller whose key that is.

    Args:
        engine: of the portal's database.
        text: what came as a key.
        request_id: of the request.

    Raises:
        NoEntryError: it is mistyped, unknown, over or revoked, or its tenant is suspended.
    """
    key = well_formed(text)
    found = look_up(engine, key.prefix)
    try:
        return let_in(key, found, request_id)
    finally:
        note_use(engine, key, found)


def well_formed(text: str) -> KeyText:
    """What came as a key, which no look into the database is spent on when it is mistyped.

    Raises:
        NoEntryError: it is none.
    """
    key = key_of(text)
    if key is None:
        raise NoEntryError("this is not a key of the portal: look for a typing error", "mistyped")
    return key


def let_in(key: KeyText, found: KnownKey | None, request_id: str | None) -> tuple[Caller, KnownKey]:
    """Whoever has a key, by what the database has of its prefix now.

    Raises:
        NoEntryError: it is unknown, over or revoked, or its tenant is suspended.
    """
    # Whether the prefix or the secret is wrong is nobody's business.
    if found is None or not hmac.compare_digest(found.digest, key.digest):
        raise NoEntryError("this key is not known here", "unknown")
    if found.revoked_at is not None:
        raise NoEntryError("this key was revoked", "revoked")
    if not keys.is_alive(found):
        raise NoEntryError("this key has expired", "expired")
    if found.tenant_state != ACTIVE:
        raise NoEntryError("the tenant of this key is suspended", "suspended", 403)
    shown = f"{found.name} (perf_{found.prefix})"
    may = frozenset(scopes.parted(found.scopes))
    tenant, name, operator = found.tenant_id, found.tenant_name, found.is_operator
    return Caller(tenant, name, operator, found.id, shown, may, request_id), found


def note_use(engine: Engine, key: KeyText, row: KnownKey | None) -> None:
    """Write down that a key was used, when that is due; in a transaction of its own.

    Also one of a tenant that is suspended: somebody wonders, and finds it there.
    """
    if row is None or not hmac.compare_digest(row.digest, key.digest) or not keys.is_alive(row):
        return
    at = now()
    if row.last_used_at is not None and at - row.last_used_at < _USE_STEP:
        return
    with TenantSession(engine, row.tenant_id, writes=True) as session, session.begin():
        used = update(KeyRow).where(KeyRow.id == row.id).values(last_used_at=at)
        session.execute(used.execution_options(synchronize_session=False))
