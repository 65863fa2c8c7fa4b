"""What somebody should look at: spoiled tests, and machines that were not tested of late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.load_tests import listing
from portal.load_tests.listing import Filters
from portal.records.load_tests import LoadTestRow
from portal.records.machines import ACTIVE, MachineEntryRow
from portal.records.tenant_session import TenantSession


@dataclass(frozen=True)
class Attention:
    """The first of each kind; one more than ``limit`` was asked for tells that there are more.

    Attributes:
        invalid: tests since a moment that something spoiled, the newest first.
        untested: active machines without a test since a moment, by name.
    """

    invalid: Sequence[LoadTestRow]
    untested: Sequence[MachineEntryRow]


def needed(
    session: TenantSession, *, invalid_since: datetime, untested_since: datetime, limit: int
) -> Attention:
    """Look for it.

    Args:
        session: of the tenant.
        invalid_since: tests that were measured before are left alone.
        untested_since: a machine that was tested at this moment or later is well.
        limit: the most of each kind.
    """
    spoiled = Filters({"valid": False}, since=invalid_since)
    newest = LoadTestRow.measured_at.desc(), LoadTestRow.test_id.desc()
    invalid = session.scalars(listing.asked(spoiled).order_by(*newest).limit(limit + 1)).all()
    tested = select(LoadTestRow.test_id).where(
        LoadTestRow.machine_id == MachineEntryRow.id, LoadTestRow.measured_at >= untested_since
    )
    idle = select(MachineEntryRow).where(MachineEntryRow.state == ACTIVE, ~tested.exists())
    untested = session.scalars(idle.order_by(MachineEntryRow.name).limit(limit + 1)).all()
    return Attention(invalid, untested)


def machines_by_state(session: TenantSession) -> dict[str, int]:
    """How many machines there are, by state; a state without any is left out."""
    counted = select(MachineEntryRow.state, func.count(MachineEntryRow.id))
    found = session.execute(counted.group_by(MachineEntryRow.state))
    return {row[0]: row[1] for row in found}
