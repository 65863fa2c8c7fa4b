"""What watches a machine goes along when its entry is merged into another one."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.records.base import now
from portal.records.regressions import (
    OPEN,
    WANTED,
    WITHDRAWN,
    RegressionRow,
    ThresholdRow,
    WantedRunRow,
)
from portal.records.tenant_session import TenantSession

MERGED_AWAY = "its machine was merged into another one"


def move(session: TenantSession, caller: Caller, source: uuid.UUID, target: uuid.UUID) -> None:
    """Have thresholds, regressions and wanted runs of a machine be another one's.

    Open regressions are withdrawn: the runs that they were held against are others now. Where the
    target has a threshold of the same kernel, its own stays, and the source's is deleted.
    """
    own = select(RegressionRow).where(RegressionRow.machine_id == source)
    for row in session.scalars(own.with_for_update()):
        row.machine_id = target
        if row.state in OPEN:
            row.state, row.why, row.closed_at, row.held = WITHDRAWN, MERGED_AWAY, now(), str(row.id)
    wanted = update(WantedRunRow).where(WantedRunRow.machine_id == source)
    waiting = wanted.where(WantedRunRow.state == WANTED, WantedRunRow.regression_id.is_not(None))
    session.execute(waiting.values(state=WITHDRAWN, decided_at=now()))
    session.execute(wanted.values(machine_id=target))
    kept = set(session.scalars(select(ThresholdRow.scope).where(ThresholdRow.machine_id == target)))
    for threshold in session.scalars(select(ThresholdRow).where(ThresholdRow.machine_id == source)):
        scope = threshold.scope.replace(str(source), str(target))
        if scope in kept:
            _forget(session, threshold)
            facts = {"scope": threshold.scope, "why": MERGED_AWAY}
            write_down(session, caller, "threshold.delete", str(threshold.id), **facts)
        else:
            threshold.scope, threshold.machine_id = scope, target
    session.flush()


def _forget(session: TenantSession, threshold: ThresholdRow) -> None:
    found = update(RegressionRow).where(RegressionRow.threshold_id == threshold.id)
    session.execute(found.values(threshold_id=None))
    session.delete(threshold)
