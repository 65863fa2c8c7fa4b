"""Thresholds: what is watched is what somebody has set, can see, and can take away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from perfanalysis.errors import InputError
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.inventory import changing
from portal.records import paging
from portal.records.base import microseconds, moment, now
from portal.records.faults import ConflictError, NotThereError
from portal.records.fitting import check_fits
from portal.records.load_tests import LoadTestRow
from portal.records.machines import MERGED
from portal.records.paging import ListOrder, Paged
from portal.records.regressions import OPEN, WITHDRAWN, RegressionRow, ThresholdRow
from portal.records.tenant_session import TenantSession
from portal.regressions import wanted_runs

OLDEST = ListOrder(
    (ThresholdRow.created_at, ThresholdRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
)
DELETED = "its threshold was deleted"


@dataclass(frozen=True)
class WatchScope:
    """What a threshold watches; None is any. It is of a machine or of a type, or of a kernel."""

    machine: uuid.UUID | None = None
    instance_type: str | None = None
    kernel: str | None = None

    @property
    def said(self) -> str:
        """The three as one, by which no two thresholds are of the same."""
        kernel = "*" if self.kernel is None else f"={self.kernel}"
        if self.machine is not None:
            return f"machine {self.machine} kernel {kernel}"
        return f"kernel {kernel} type {self.instance_type or '*'}"

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """The narrower one of two that both hold is the one that counts."""
        return self.machine is not None, self.instance_type is not None, self.kernel is not None


def scope_of(row: ThresholdRow) -> WatchScope:
    """What a threshold watches."""
    return WatchScope(row.machine_id, row.instance_type, row.kernel)


def create(
    session: TenantSession, caller: Caller, scope: WatchScope, drop: float, least_runs: int
) -> ThresholdRow:
    """Watch something.

    Raises:
        NotThereError, ConflictError, InputError: there is no such machine; it has a threshold; it
            says both a machine and a type, or nothing.
    """
    if scope == WatchScope() or (scope.machine is not None and scope.instance_type is not None):
        expected = "a machine or a type of machines, a kernel, or one of the two and a kernel"
        raise InputError("request", "machine_id, instance_type, kernel", expected)
    if scope.machine is not None and changing.find(session, scope.machine).state == MERGED:
        raise ConflictError(f"machine {scope.machine} was merged into another one")
    texts = {"instance_type": scope.instance_type, "kernel": scope.kernel}
    check_fits(ThresholdRow, texts, "request")
    known = select(ThresholdRow).where(ThresholdRow.scope == scope.said)
    if session.scalar(known) is not None:
        raise ConflictError(f"there is a threshold of {scope.said!r} already: change that one")
    row = ThresholdRow(
        scope=scope.said,
        machine_id=scope.machine,
        drop_ratio=drop,
        least_runs=least_runs,
        created_by=caller.shown,
        **texts,
    )
    session.add(row)
    session.flush()
    figures = {"drop_ratio": drop, "least_runs": least_runs}
    write_down(session, caller, "threshold.create", str(row.id), scope=row.scope, **figures)
    return row


def find(session: TenantSession, threshold: uuid.UUID, *, lock: bool = False) -> ThresholdRow:
    """A threshold by its id.

    Raises:
        NotThereError: there is none.
    """
    asked = select(ThresholdRow).where(ThresholdRow.id == threshold)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotThereError("threshold", threshold)
    return row


def change(
    session: TenantSession,
    caller: Caller,
    threshold: uuid.UUID,
    drop: float | None,
    least_runs: int | None,
) -> ThresholdRow:
    """Set its figures anew, for runs that come from now on; None leaves one.

    Raises:
        NotThereError: there is none.
    """
    row = find(session, threshold, lock=True)
    before = {"drop_ratio": row.drop_ratio, "least_runs": row.least_runs}
    row.drop_ratio = row.drop_ratio if drop is None else drop
    row.least_runs = row.least_runs if least_runs is None else least_runs
    after = {"drop_ratio": row.drop_ratio, "least_runs": row.least_runs}
    if after != before:
        row.changed_at, row.changed_by = now(), caller.shown
        facts = {name: [before[name], after[name]] for name in after}
        write_down(session, caller, "threshold.change", str(row.id), scope=row.scope, **facts)
    session.flush()
    return row


def delete(session: TenantSession, caller: Caller, threshold: uuid.UUID) -> None:
    """Watch it no longer: what it has found and is open is withdrawn, and alerts no more.

    Raises:
        NotThereError: there is none.
    """
    row = find(session, threshold, lock=True)
    found = select(RegressionRow).where(RegressionRow.threshold_id == row.id)
    withdrawn = []
    for regression in session.scalars(found.with_for_update()):
        regression.threshold_id = None
        if regression.state in OPEN:
            close(session, regression, WITHDRAWN, caller.shown, DELETED)
            withdrawn.append(str(regression.id))
    session.delete(row)
    facts = {"scope": row.scope, "withdrawn": withdrawn}
    write_down(session, caller, "threshold.delete", str(row.id), **facts)


def close(
    session: TenantSession, row: RegressionRow, state: str, who: str | None, why: str | None
) -> None:
    """End a regression; whatever run it waited for is not wanted any more."""
    row.state, row.closed_at, row.closed_by, row.why = state, now(), who, why
    row.held = str(row.id)
    wanted_runs.settle(session, row.id, None)


def thresholds(session: TenantSession, cursor: str | None, limit: int) -> Paged[ThresholdRow]:
    """A page of thresholds, the oldest first.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(select(ThresholdRow), OLDEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.created_at), str(row.id)])


def of_test(session: TenantSession, test: LoadTestRow) -> ThresholdRow | None:
    """The narrowest threshold that a test is held to; None: nobody watches it."""
    machine, kind, kernel = test.machine_id, test.instance_type, test.kernel
    scopes = [WatchScope(machine, None, kernel), WatchScope(machine), WatchScope(kernel=kernel)]
    if kind is not None:
        scopes += [WatchScope(None, kind, kernel), WatchScope(None, kind)]
    asked = select(ThresholdRow).where(ThresholdRow.scope.in_([one.said for one in scopes]))
    return max(session.scalars(asked), key=lambda row: scope_of(row).narrowness, default=None)


def holds(session: TenantSession, threshold: uuid.UUID) -> bool:
    """Whether it is there still, and stays so until the transaction ends.

    Who deletes it meanwhile waits, and then finds what was found by it.
    """
    asked = select(ThresholdRow.id).where(ThresholdRow.id == threshold)
    return session.scalar(asked.with_for_update()) is not None
