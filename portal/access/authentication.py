"""From the key of a request to its caller, by one look into the database each time."""

from __future__ import annotations

import hmac
import uuid
from datetime import timedelta

from sqlalchemy import Engine, update

from portal.access import keys, scopes
from portal.access.caller import Caller
from portal.access.key_text import key_of
from portal.records.base import now
from portal.records.key_look_up import look_up
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, KeyRow

# A key's last use is written this often: not each read is to be a write.
_USE_STEP = timedelta(minutes=1)


class NoEntryError(Exception):
    """A key does not let in. The text says why, as far as its holder may know.

    Args:
        said: in one sentence.
        status: of HTTP: 401, or 403 for a key that is good of a tenant that is not.
    """

    def __init__(self, said: str, status: int = 401) -> None:
        self.status = status
        super().__init__(said)


def authenticate(engine: Engine, text: str, request_id: str | None) -> tuple[Caller, KeyRow]:
    """The caller whose key that is.

    Args:
        engine: of the portal's database.
        text: what came as a key.
        request_id: of the request.

    Raises:
        NoEntryError: it is mistyped, unknown, over or revoked, or its tenant is suspended.
    """
    key = key_of(text)
    if key is None:
        raise NoEntryError("this is not a key of the portal: look for a typing error")
    found = look_up(engine, key.prefix)
    # Whether the prefix or the secret is wrong is nobody's business.
    if found is None or not hmac.compare_digest(found[0].digest, key.digest):
        raise NoEntryError("this key is not known here")
    row, tenant = found
    if row.revoked_at is not None:
        raise NoEntryError("this key was revoked")
    if not keys.is_alive(row):
        raise NoEntryError("this key has expired")
    if tenant.state != ACTIVE:
        raise NoEntryError("the tenant of this key is suspended", 403)
    _note_use(engine, row)
    shown = f"{row.name} (perf_{row.prefix})"
    may = frozenset(scopes.parted(row.scopes))
    caller = Caller(tenant.id, tenant.name, tenant.is_operator, row.id, shown, may, request_id)
    return caller, row


def _note_use(engine: Engine, row: KeyRow) -> None:
    at = now()
    if row.last_used_at is not None and at - row.last_used_at < _USE_STEP:
        return
    key: uuid.UUID = row.id
    with TenantSession(engine, row.tenant_id, writes=True) as session, session.begin():
        used = update(KeyRow).where(KeyRow.id == key).values(last_used_at=at)
        session.execute(used.execution_options(synchronize_session=False))
