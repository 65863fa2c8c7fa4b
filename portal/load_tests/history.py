"""Tests over time: which belong to one series, and what each says. Pure but for its page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from portal.load_tests import listing
from portal.load_tests.listing import NEWEST, Filters
from portal.records import paging
from portal.records.base import microseconds
from portal.records.load_tests import LoadTestRow
from portal.records.paging import Paged
from portal.records.tenant_session import TenantSession

BY_MACHINE, BY_TYPE = "machine", "instance_type"
NO_PRICE, NO_FULL_LOAD = "no price", "no full load"
# It was taken in before the portal kept it.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class SeriesKey:
    """What tests of one series share: only these may be held against each other.

    Attributes:
        machine: None: the series is of a type of machines.
        instance_type: None: unknown, or the series is of a machine.
        kernel, kernel_version: the work.
        conditions: the fingerprint; None: unknown.
    """

    machine: uuid.UUID | None
    instance_type: str | None
    kernel: str
    kernel_version: str
    conditions: str | None


def key_of(row: LoadTestRow, by: str) -> SeriesKey:
    """The series of a test."""
    machine = row.machine_id if by == BY_MACHINE else None
    kind = row.instance_type if by == BY_TYPE else None
    return SeriesKey(machine, kind, row.kernel, row.kernel_version, row.conditions)


def page(
    session: TenantSession,
    filters: Filters,
    machines: Sequence[uuid.UUID],
    cursor: str | None,
    limit: int,
) -> Paged[LoadTestRow]:
    """A page of tests, the newest first.

    Args:
        session: of the tenant.
        filters: which tests.
        machines: whose; none: whatever their machine is.
        cursor: of the page before.
        limit: at most so many.

    Raises:
        InputError: the cursor is none.
    """
    asked = listing.asked(filters)
    if machines:
        asked = asked.where(LoadTestRow.machine_id.in_(machines))
    found = session.scalars(paging.page(asked, NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.measured_at), row.test_id])


def series(rows: Sequence[LoadTestRow], by: str) -> dict[SeriesKey, list[LoadTestRow]]:
    """The tests by series, the oldest first; series by their newest test, the newest first."""
    found: dict[SeriesKey, list[LoadTestRow]] = {}
    for row in rows:
        found.setdefault(key_of(row, by), []).append(row)
    return {key: tests[::-1] for key, tests in found.items()}


def price_withheld(row: LoadTestRow) -> str | None:
    """Why a test has no price-performance; None: it has."""
    if row.dollar_units is not None:
        return None
    if row.price_dollars_per_hour is None:
        return NO_PRICE
    return NO_FULL_LOAD if row.max_units_per_second is None else UNKNOWN
