"""All that a tenant has, as lines of JSON: one for each row, with its table's name.

Documents stand there as they came. Digests of keys, sessions and passwords are left out: they serve
nobody but the portal.
"""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, inspect, select

from portal.records.captures import CapturePieceRow
from portal.records.every_table import TENANT_TABLES
from portal.records.load_tests import DocumentRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import TenantRow
from portal.records.work_documents import WorkDocumentRow

_LEFT_OUT = {"digest", "device_digest", "password", "tenant_id"}
_AT_ONCE = 200


def lines(engine: Engine, tenant: uuid.UUID) -> Iterator[bytes]:
    """One line a row, the tenant's own first; in one transaction, as it is at its beginning."""
    with TenantSession(engine, tenant) as session:
        for row in session.scalars(select(TenantRow)):
            yield _line(row)
        for table in reversed(TENANT_TABLES):
            found = session.scalars(select(table).execution_options(yield_per=_AT_ONCE))
            for owned in found:
                yield _line(owned)
                session.expunge(owned)


def _line(row: Any) -> bytes:
    mapper = inspect(type(row))
    values = {
        attribute.key: _plain(getattr(row, attribute.key))
        for attribute in mapper.column_attrs
        if attribute.key not in _LEFT_OUT
    }
    if isinstance(row, DocumentRow | WorkDocumentRow | CapturePieceRow):
        values |= _document(zlib.decompress(row.body))
    return json.dumps({"table": mapper.local_table.name, **values}).encode() + b"\n"


def _document(data: bytes) -> dict[str, object]:
    try:
        return {"body": data.decode()}
    except UnicodeDecodeError:
        # UTF-16, which results may come in; captures that were packed.
        return {"body": base64.b64encode(data).decode(), "encoding": "base64"}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return None if isinstance(value, bytes) else value
