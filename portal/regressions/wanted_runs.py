"""Runs that are asked for: a suspicion wants a second one soon."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from portal.records import paging
from portal.records.base import microseconds, moment, now
from portal.records.fitting import check_fits
from portal.records.machines import MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.regressions import DONE, WANTED, WITHDRAWN, WantedRunRow
from portal.records.tenant_session import TenantSession

OLDEST = ListOrder(
    (WantedRunRow.asked_at, WantedRunRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
)


def ask_for_run(
    session: TenantSession,
    machine: MachineEntryRow,
    kernel: str,
    why: str,
    *,
    profile: str | None = None,
) -> WantedRunRow:
    """Wish for a run of a kernel on a machine; one that is wanted already is not wished for twice.

    Args:
        session: that may write.
        machine: of the inventory.
        kernel: which one is to run.
        why: for the person who sees it.
        profile: under which; None: whichever.

    Raises:
        InputError: a text is longer than the portal keeps.
    """
    asked = select(WantedRunRow).where(
        WantedRunRow.machine_id == machine.id,
        WantedRunRow.kernel == kernel,
        WantedRunRow.state == WANTED,
    )
    if profile is not None:
        asked = asked.where(WantedRunRow.profile == profile)
    known = session.scalars(asked.order_by(WantedRunRow.asked_at).limit(1)).first()
    if known is not None:
        return known
    values = {"kernel": kernel, "profile": profile, "why": why}
    check_fits(WantedRunRow, values, "wanted run")
    row = WantedRunRow(machine_id=machine.id, **values)
    session.add(row)
    session.flush()
    return row


def settle(session: TenantSession, regression: uuid.UUID, test_id: str | None) -> None:
    """The run that a regression waited for has come; None: it waits no longer."""
    state = WITHDRAWN if test_id is None else DONE
    asked = update(WantedRunRow).where(
        WantedRunRow.regression_id == regression, WantedRunRow.state == WANTED
    )
    session.execute(asked.values(state=state, test_id=test_id, decided_at=now()))


def wanted(
    session: TenantSession, state: str, cursor: str | None, limit: int
) -> Paged[WantedRunRow]:
    """A page of runs that are wanted (or were), the oldest first.

    Raises:
        InputError: the cursor is none.
    """
    asked = select(WantedRunRow).where(WantedRunRow.state == state)
    found = session.scalars(paging.page(asked, OLDEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.asked_at), str(row.id)])
