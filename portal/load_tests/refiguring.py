"""Figures that lists show of tests which were taken in before the portal kept them.

Programs before the schema 0004 kept no conditions and no price-performance, without which a test
counts for no regression and belongs to no series. All of it stands in the document, which is kept
whole, so that it is looked up there. What a program of today takes in always has its conditions:
this finds nothing twice.
"""

from __future__ import annotations

import logging
import uuid
import zlib

from sqlalchemy import Engine, select

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results import reading
from portal.load_tests.figures import figures
from portal.load_tests.listing import NEWEST
from portal.records import paging
from portal.records.base import microseconds
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.tenant_session import OperatorSession, TenantSession
from portal.records.tenants import TenantRow

_LOG = logging.getLogger(__name__)
# Rows that are held at a time.
_AT_ONCE = 200
_MISSING = ("conditions", "full_conditions", "dollar_units", "dollar_lower", "dollar_upper")


def fill(engine: Engine) -> int:
    """Fill in what rows of older programs lack, of all tenants, a few hundred at a time.

    Args:
        engine: of a database with the newest schema.

    Returns:
        How many rows were filled.
    """
    with OperatorSession(engine) as session:
        tenants = list(session.scalars(select(TenantRow.id)))
    return sum(_fill(engine, tenant) for tenant in tenants)


def _fill(engine: Engine, tenant: uuid.UUID) -> int:
    count, cursor = 0, None
    while True:
        asked = select(LoadTestRow).where(LoadTestRow.conditions.is_(None))
        with TenantSession(engine, tenant, writes=True) as session, session.begin():
            found = session.scalars(paging.page(asked, NEWEST, cursor, _AT_ONCE)).all()
            page = paging.paged(
                found, _AT_ONCE, lambda row: [microseconds(row.measured_at), row.test_id]
            )
            count += sum(_filled(session, row) for row in page.rows)
        cursor = page.cursor
        if cursor is None:
            return count


def _filled(session: TenantSession, row: LoadTestRow) -> bool:
    body = session.scalar(select(DocumentRow.body).where(DocumentRow.test_id == row.test_id))
    if body is None:
        return False
    try:
        values = figures(reading.parse(zlib.decompress(body), row.test_id), row.test_id)
    except PerfAnalysisError as error:
        # An older program took it; it stays as it is.
        _LOG.warning("a test's document cannot be read any more: %s", error)
        return False
    for name in _MISSING:
        setattr(row, name, values.get(name))
    return True
