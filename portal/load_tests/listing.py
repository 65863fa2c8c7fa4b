"""Lists of load tests, and what belongs to one of them."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from portal.records import paging
from portal.records.base import microseconds, moment
from portal.records.faults import NotThereError
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.paging import ListOrder, Paged
from portal.records.plain_pages import PageWanted, Values
from portal.records.tenant_batch import TenantBatch
from portal.records.tenant_session import TenantSession

NEWEST = ListOrder(
    (LoadTestRow.measured_at, LoadTestRow.test_id),
    (lambda value: moment(paging.whole(value)), paging.word),
    descending=True,
)


@dataclass(frozen=True)
class Filters:
    """Which tests are wanted.

    Attributes:
        equal: by column of ``LoadTestRow``; None: whatever it is.
        since, until: when they were measured: from this moment on, and before that one.
    """

    equal: Mapping[str, object] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None


def asked(filters: Filters) -> Select[LoadTestRow]:
    """The statement for tests that fulfil all filters."""
    statement: Select[LoadTestRow] = select(LoadTestRow)
    for name, value in filters.equal.items():
        if value is not None:
            statement = statement.where(getattr(LoadTestRow, name) == value)
    if filters.since is not None:
        statement = statement.where(LoadTestRow.measured_at >= filters.since)
    if filters.until is not None:
        statement = statement.where(LoadTestRow.measured_at < filters.until)
    return statement


def tests(
    session: TenantSession, filters: Filters, cursor: str | None, limit: int
) -> Paged[LoadTestRow]:
    """A page of tests, the newest first.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(asked(filters), NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.measured_at), row.test_id])


def tests_of_key(
    batch: TenantBatch, names: tuple[str, ...], filters: Filters, cursor: str | None, limit: int
) -> Paged[Values]:
    """The same by plain columns, with which the batch's transaction ends.

    Args:
        batch: of the tenant.
        names: of the columns of ``LoadTestRow`` that are wanted.
        filters: which tests.
        cursor: of the page before.
        limit: at most so many.

    Raises:
        InputError: the cursor is none.
    """
    equal = {name: value for name, value in filters.equal.items() if value is not None}
    since, until = filters.since, filters.until
    return batch.page(PageWanted(LoadTestRow, names, equal, since, until, NEWEST, cursor, limit))


def find(session: TenantSession, test_id: str) -> LoadTestRow:
    """A test by its id.

    Raises:
        NotThereError: this tenant has none of that id.
    """
    row = session.scalar(select(LoadTestRow).where(LoadTestRow.test_id == test_id))
    if row is None:
        raise NotThereError("test", test_id)
    return row


def document_of(session: TenantSession, test_id: str) -> bytes:
    """The document of a test, as it came.

    Raises:
        NotThereError: this tenant has none of that id.
    """
    body = session.scalar(select(DocumentRow.body).where(DocumentRow.test_id == test_id))
    if body is None:
        raise NotThereError("test", test_id)
    return zlib.decompress(body)


def documents_of(test_ids: Sequence[str]) -> Select[str, bytes]:
    """The statement for the documents of some tests: id and compressed body."""
    return select(DocumentRow.test_id, DocumentRow.body).where(DocumentRow.test_id.in_(test_ids))


def of_machine(machine: uuid.UUID) -> Filters:
    """All tests of a machine."""
    return Filters({"machine_id": machine})
