"""Whose a key is: the one question that is asked before a tenant is known."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, exists, select, text

from portal.records.base import moment
from portal.records.pipelines import Pipelined, Said, pipelined, sql_of
from portal.records.quotas import QuotaRow
from portal.records.regressions import ThresholdRow
from portal.records.tenant_session import TENANT_SETTING
from portal.records.tenants import KeyRow, TenantRow

PREFIX_SETTING = "perfanalysis.key_prefix"


class KnownKey(NamedTuple):
    """A key as the database has it, with what has to be known of its tenant.

    ``quota`` is None for a tenant that may have any number of everything; ``watched`` says whether
    there is a threshold, so that tests are judged as they come.
    """

    id: uuid.UUID
    tenant_id: uuid.UUID
    prefix: str
    digest: str
    name: str
    scopes: str
    requests_per_minute: int
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    tenant_name: str
    tenant_state: str
    is_operator: bool
    quota: uuid.UUID | None
    watched: bool


_KEYS, _TENANTS, _QUOTAS = KeyRow.__table__, TenantRow.__table__, QuotaRow.__table__
_THRESHOLDS = ThresholdRow.__table__
_ASKED = (
    select(
        *(_KEYS.c[name] for name in KnownKey._fields[:10]),
        _TENANTS.c.name.label("tenant_name"),
        _TENANTS.c.state.label("tenant_state"),
        _TENANTS.c.is_operator,
        _QUOTAS.c.tenant_id.label("quota"),
        exists().where(_THRESHOLDS.c.tenant_id == _KEYS.c.tenant_id).label("watched"),
    )
    .join_from(_KEYS, _TENANTS, _KEYS.c.tenant_id == _TENANTS.c.id)
    .outerjoin(_QUOTAS, _QUOTAS.c.tenant_id == _KEYS.c.tenant_id)
    .where(_KEYS.c.prefix == bindparam("prefix"))
)
# Row-level security shows a transaction the key of the prefix that it was told, and with that key
# its tenant: which one, the database sees by itself, for a way there and back less.
_TELL_PREFIX = text("SELECT set_config(:setting, :prefix, true)").bindparams(setting=PREFIX_SETTING)
_TELL_TENANT = text(
    "SELECT set_config(:setting, "
    "(SELECT CAST(tenant_id AS text) FROM api_keys WHERE prefix = :prefix), true)"
).bindparams(setting=TENANT_SETTING)


def look_up(engine: Engine, prefix: str) -> KnownKey | None:
    """The key of a public prefix, and its tenant; None: there is no such key."""
    if engine.dialect.name == "postgresql":
        with pipelined(engine) as connection:
            return look_up_pipelined(connection, prefix, end=True)
    with engine.connect() as own:
        return look_up_in(own, prefix)


def look_up_in(connection: Connection, prefix: str) -> KnownKey | None:
    """The same in a transaction, on a database without row-level security."""
    row = connection.execute(_ASKED, {"prefix": prefix}).one_or_none()
    return None if row is None else KnownKey(*row)  # type: ignore[call-arg]


def look_up_pipelined(connection: Pipelined, prefix: str, *, end: bool = False) -> KnownKey | None:
    """The same in a transaction of PostgreSQL's, which is the key's tenant's from here on.

    Whether who asks has the whole key is for the caller to find out, before anything else is asked.

    Args:
        connection: without a transaction yet.
        prefix: of the key.
        end: whether to end the transaction.
    """
    said = (
        Said(sql_of(_TELL_PREFIX), {"setting": PREFIX_SETTING, "prefix": prefix}),
        Said(sql_of(_TELL_TENANT), {"setting": TENANT_SETTING, "prefix": prefix}),
        Said(sql_of(_ASKED), {"prefix": prefix}),
    )
    *_, rows = connection.ask(*said, commit=end)
    if not rows:
        return None
    # The driver has moments as the database has them.
    read = (_moment if name.endswith("_at") else _as_it_is for name in KnownKey._fields)
    values: list[Any] = [of(value) for of, value in zip(read, rows[0], strict=True)]
    return KnownKey(*values)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def _as_it_is(value: object) -> object:
    return value
