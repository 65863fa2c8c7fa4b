"""Hold a tenant to what it may have: tests a day, machines, stored bytes, keys.

Whoever adds something holds the tenant's row of limits until the transaction ends, so that two at
once do not both take the last place. It is held before any machine's entry, by all in this order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select

from portal.records.base import EPOCH, now
from portal.records.faults import QuotaError
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.machines import MERGED, MachineEntryRow
from portal.records.quotas import QuotaRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow

NAMES = ("tests_per_day", "machines", "stored_bytes", "keys")
_SAID = {
    "tests_per_day": "tests a day (UTC)",
    "machines": "machines",
    "stored_bytes": "bytes of documents",
    "keys": "keys that are good",
}
_ASK = "ask the operator for more (`perfanalysis portal tenant quota`)"


class UsedQuota(NamedTuple):
    """What a tenant may have of something, None for any number, and what it has."""

    most: int | None
    used: int


def take_test(session: TenantSession, size: int) -> None:
    """Count a test that is about to be kept.

    Args:
        session: that may write.
        size: bytes of its document.

    Raises:
        QuotaError: the tenant may not have it.
    """
    row = _held(session)
    if row is None:
        return
    day = _day(now())
    if row.day != day:
        row.day, row.tests_today = day, 0
    if row.tests_per_day is not None and row.tests_today >= row.tests_per_day:
        tomorrow = EPOCH + timedelta(days=day + 1)
        wait = max(1, round((tomorrow - now()).total_seconds()))
        said = f"{_over('tests_per_day', row.tests_per_day)}: try again tomorrow, or {_ASK}"
        raise QuotaError(said, wait)
    if row.stored_bytes is not None and row.bytes_now + size > row.stored_bytes:
        said = f"{_over('stored_bytes', row.stored_bytes)}, and has {row.bytes_now}: {_ASK}"
        raise QuotaError(said)
    row.tests_today += 1
    row.bytes_now += size
    session.flush()


def take_machine(session: TenantSession) -> None:
    """See that a tenant may have a further machine.

    Raises:
        QuotaError: it may not.
    """
    row = _held(session)
    if row is not None and row.machines is not None and _machines(session) >= row.machines:
        said = f"{_over('machines', row.machines)}: merge entries that are one machine, or {_ASK}"
        raise QuotaError(said)


def take_key(session: TenantSession) -> None:
    """See that a tenant may have a further key.

    Raises:
        QuotaError: it may not.
    """
    row = _held(session)
    if row is not None and row.keys is not None and _keys(session) >= row.keys:
        raise QuotaError(f"{_over('keys', row.keys)}: revoke one that nobody uses, or {_ASK}")


def shown(session: TenantSession) -> dict[str, UsedQuota]:
    """What a tenant may have and has, by ``NAMES``."""
    row = session.scalar(select(QuotaRow))
    begin = EPOCH + timedelta(days=_day(now()))
    of_today = select(func.count(LoadTestRow.test_id)).where(LoadTestRow.received_at >= begin)
    if row is not None:
        today = row.tests_today if row.day == _day(now()) else 0
    else:
        today = session.scalar(of_today) or 0
    used = {
        "tests_per_day": today,
        "machines": _machines(session),
        "stored_bytes": row.bytes_now if row is not None else _bytes(session),
        "keys": _keys(session),
    }
    return {name: UsedQuota(row and getattr(row, name), used[name]) for name in NAMES}


def set_limits(session: TenantSession, limits: dict[str, int | None]) -> None:
    """Set limits; those that are not named stay.

    Args:
        session: of the tenant, that may write.
        limits: by name of ``NAMES``; None: any number.
    """
    row = _held(session)
    if row is None:
        row = QuotaRow(tenant_id=session.tenant, day=_day(now()))
        used = shown(session)
        row.tests_today = used["tests_per_day"].used
        row.bytes_now = used["stored_bytes"].used
        session.add(row)
    for name, most in limits.items():
        setattr(row, name, most)
    session.flush()


def _held(session: TenantSession) -> QuotaRow | None:
    asked = select(QuotaRow).with_for_update()
    return session.scalar(asked.execution_options(populate_existing=True))


def _day(at: datetime) -> int:
    return (at - EPOCH).days


def _over(name: str, most: int) -> str:
    return f"this tenant may have {most} {_SAID[name]}"


def _machines(session: TenantSession) -> int:
    asked = select(func.count(MachineEntryRow.id)).where(MachineEntryRow.state != MERGED)
    return session.scalar(asked) or 0


def _keys(session: TenantSession) -> int:
    good = or_(KeyRow.expires_at.is_(None), KeyRow.expires_at > now())
    asked = select(func.count(KeyRow.id)).where(KeyRow.revoked_at.is_(None), good)
    return session.scalar(asked) or 0


def _bytes(session: TenantSession) -> int:
    return int(session.scalar(select(func.sum(DocumentRow.size))) or 0)
