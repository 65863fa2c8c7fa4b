"""Lists of regressions, those of tests that are shown, and what people do to one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.records import paging
from portal.records.base import microseconds, moment
from portal.records.faults import ConflictError, NotThereError
from portal.records.machines import MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.regressions import ACCEPTED, CONFIRMED, OPEN, RegressionRow
from portal.records.tenant_session import TenantSession
from portal.regressions.thresholds import close

NEWEST = ListOrder(
    (RegressionRow.suspected_at, RegressionRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
    descending=True,
)
# So many are shown of the machines of one page of history, and as series to Prometheus.
MOST_SHOWN = 1000


def regressions(
    session: TenantSession, equal: Mapping[str, object], cursor: str | None, limit: int
) -> Paged[RegressionRow]:
    """A page of regressions, the newest first.

    Args:
        session: of the tenant.
        equal: by column of ``RegressionRow``; None: whatever it is.
        cursor: of the page before.
        limit: at most so many.

    Raises:
        InputError: the cursor is none.
    """
    asked = select(RegressionRow)
    for name, value in equal.items():
        if value is not None:
            asked = asked.where(getattr(RegressionRow, name) == value)
    found = session.scalars(paging.page(asked, NEWEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.suspected_at), str(row.id)])


def find(session: TenantSession, regression: uuid.UUID, *, lock: bool = False) -> RegressionRow:
    """A regression by its id.

    Raises:
        NotThereError: there is none.
    """
    asked = select(RegressionRow).where(RegressionRow.id == regression)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotThereError("regression", regression)
    return row


def accept(
    session: TenantSession, caller: Caller, regression: uuid.UUID, why: str
) -> RegressionRow:
    """Take the lower rate for the usual one from now on: it alerts no more.

    Raises:
        NotThereError, ConflictError: there is none, or it is not confirmed (any more).
    """
    row = find(session, regression, lock=True)
    if row.state != CONFIRMED:
        raise ConflictError(
            f"regression {regression} is {row.state}: only a confirmed one is ended"
        )
    close(session, row, ACCEPTED, caller.shown, why)
    write_down(session, caller, "regression.accept", str(row.id), why=why)
    session.flush()
    return row


def of_machines(session: TenantSession, machines: Iterable[uuid.UUID]) -> Sequence[RegressionRow]:
    """The newest regressions of some machines, whatever became of them."""
    asked = select(RegressionRow).where(RegressionRow.machine_id.in_(list(machines)))
    ordered = asked.order_by(RegressionRow.suspected_at.desc(), RegressionRow.id.desc())
    return session.scalars(ordered.limit(MOST_SHOWN)).all()


def counts(session: TenantSession) -> dict[str, int]:
    """How many are open, by state."""
    found = dict.fromkeys(OPEN, 0)
    for state in OPEN:
        asked = select(func.count(RegressionRow.id)).where(RegressionRow.state == state)
        found[state] = session.scalar(asked) or 0
    return found


def alerting(session: TenantSession) -> list[tuple[str, RegressionRow]]:
    """Confirmed regressions that are open, with the machines' names; at most ``MOST_SHOWN``."""
    asked = (
        select(MachineEntryRow.name, RegressionRow)
        .join(MachineEntryRow, MachineEntryRow.id == RegressionRow.machine_id)
        .where(RegressionRow.state == CONFIRMED)
        .order_by(RegressionRow.suspected_at.desc(), RegressionRow.id.desc())
        .limit(MOST_SHOWN)
    )
    return [(row[0], row[1]) for row in session.execute(asked)]
