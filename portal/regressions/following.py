"""Follow each test that comes: a suspicion, its second run, what is confirmed and what is over."""

from __future__ import annotations

import uuid

from sqlalchemy import select, true
from sqlalchemy.exc import IntegrityError

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.records.base import now
from portal.records.load_tests import LoadTestRow
from portal.records.machines import MachineEntryRow
from portal.records.regressions import (
    ACCEPTED,
    OPEN,
    OVER,
    SUSPECTED,
    WITHDRAWN,
    RegressionRow,
    ThresholdRow,
)
from portal.records.tenant_session import TenantSession
from portal.regressions import judging, thresholds, wanted_runs
from portal.regressions.judging import WITHIN, Judged, Run, Spell

NOT_LOW = "the second run was not low"
SECOND_RUN = "a second run decides on a suspected regression"
# More runs of 30 days than these tell no more of what is usual.
_MOST_EARLIER = 400


def follow(session: TenantSession, caller: Caller, test: LoadTestRow) -> str | None:
    """See what a test that was taken in says.

    A test that is spoiled, was measured before the newest one of its series, or is watched by no
    threshold says nothing.

    Args:
        session: that may write; the test is in it.
        caller: who handed it in.
        test: the test.

    Returns:
        What became of a regression by it: its new state; None: nothing.
    """
    if not _tells(test):
        return None
    threshold = thresholds.of_test(session, test)
    if threshold is None:
        return None
    held = _held(test)
    asked = select(RegressionRow).where(RegressionRow.held == held).with_for_update()
    row = session.scalar(asked)
    if row is None:
        return _begin(session, caller, test, threshold, held)
    if test.measured_at <= row.last_at:
        return None
    return _go_on(session, caller, test, row)


def _tells(test: LoadTestRow) -> bool:
    rate = test.max_units_per_second
    known = test.conditions is not None and rate is not None and rate > 0
    return known and test.valid is True and test.full_conditions is True


def _held(test: LoadTestRow) -> str:
    return f"{test.machine_id} {test.kernel} {test.conditions}"


def _series(session: TenantSession, test: LoadTestRow) -> tuple[list[Run], list[Spell], bool]:
    """The runs of 30 days before, the confirmed regressions, and whether this is the newest."""
    asked = (
        select(LoadTestRow.measured_at, LoadTestRow.max_units_per_second)
        .where(
            LoadTestRow.machine_id == test.machine_id,
            LoadTestRow.kernel == test.kernel,
            LoadTestRow.conditions == test.conditions,
            LoadTestRow.valid == true(),
            LoadTestRow.full_conditions == true(),
            LoadTestRow.measured_at >= test.measured_at - WITHIN,
            LoadTestRow.test_id != test.test_id,
        )
        .order_by(LoadTestRow.measured_at.desc(), LoadTestRow.test_id.desc())
        .limit(_MOST_EARLIER)
    )
    rows = session.execute(asked).all()
    newest = all(row[0] < test.measured_at for row in rows[:1])
    runs = [Run(row[0], row[1]) for row in rows if row[1]]
    found = session.scalars(
        select(RegressionRow)
        .where(
            RegressionRow.machine_id == test.machine_id,
            RegressionRow.kernel == test.kernel,
            RegressionRow.conditions == test.conditions,
            RegressionRow.state.in_((OVER, ACCEPTED)),
            RegressionRow.last_at >= test.measured_at - WITHIN,
        )
        .limit(_MOST_EARLIER)
    )
    return runs, [Spell(one.first_at, one.last_at, one.state) for one in found], newest


def _judged(session: TenantSession, test: LoadTestRow, threshold: ThresholdRow) -> Judged | None:
    runs, spells, newest = _series(session, test)
    if not newest:
        return None
    assert test.max_units_per_second is not None
    rates = judging.earlier(runs, test.measured_at, spells)
    return judging.judge(
        rates,
        test.max_units_per_second,
        drop=threshold.drop_ratio,
        least_runs=threshold.least_runs,
    )


def _begin(
    session: TenantSession, caller: Caller, test: LoadTestRow, threshold: ThresholdRow, held: str
) -> str | None:
    found = _judged(session, test, threshold)
    if found is None or judging.following(None, low=found.low) is None:
        return None
    if not thresholds.holds(session, threshold.id):
        return None
    row = RegressionRow(
        id=uuid.uuid4(),
        held=held,
        machine_id=test.machine_id,
        kernel=test.kernel,
        conditions=test.conditions,
        threshold_id=threshold.id,
        threshold_drop=threshold.drop_ratio,
        threshold_runs=threshold.least_runs,
        state=SUSPECTED,
        earlier_runs=found.runs,
        usual_units=found.usual,
        first_test_id=test.test_id,
        first_at=test.measured_at,
        first_drop=found.drop,
        first_p=found.p_value,
        last_test_id=test.test_id,
        last_at=test.measured_at,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        # Another process has just suspected it of another run.
        return None
    _ask_for_another(session, test, row)
    _write(session, caller, row, test)
    return SUSPECTED


def _ask_for_another(session: TenantSession, test: LoadTestRow, row: RegressionRow) -> None:
    asked = select(MachineEntryRow).where(MachineEntryRow.id == test.machine_id)
    machine, profile = session.scalars(asked).one(), test.profile
    wanted = wanted_runs.ask_for_run(session, machine, test.kernel, SECOND_RUN, profile=profile)
    wanted.regression_id = wanted.regression_id or row.id


def _go_on(
    session: TenantSession, caller: Caller, test: LoadTestRow, row: RegressionRow
) -> str | None:
    """The next run of a regression that is open, against the same earlier runs as the first."""
    found = _against_the_same(session, test, row)
    if found is None:
        return None
    before, state = row.state, judging.following(row.state, low=found.low)
    assert state is not None
    if before == SUSPECTED:
        row.second_test_id, row.second_drop = test.test_id, found.drop
        row.second_p, row.decided_at = found.p_value, now()
        wanted_runs.settle(session, row.id, test.test_id)
    if found.low:
        row.last_test_id, row.last_at = test.test_id, test.measured_at
    if state in OPEN:
        row.state = state
    else:
        why = NOT_LOW if state == WITHDRAWN else f"{test.test_id} was as before"
        thresholds.close(session, row, state, None, why[:250])
    session.flush()
    if state == before:
        return None
    _write(session, caller, row, test)
    return state


def _against_the_same(
    session: TenantSession, test: LoadTestRow, row: RegressionRow
) -> Judged | None:
    first = session.scalar(select(LoadTestRow).where(LoadTestRow.test_id == row.first_test_id))
    if first is None or test.max_units_per_second is None:
        return None
    runs, spells, _ = _series(session, first)
    return judging.judge(
        judging.earlier(runs, first.measured_at, spells),
        test.max_units_per_second,
        drop=row.threshold_drop,
        least_runs=row.threshold_runs,
    )


def _write(session: TenantSession, caller: Caller, row: RegressionRow, test: LoadTestRow) -> None:
    facts = {"machine_id": str(row.machine_id), "kernel": row.kernel, "test_id": test.test_id}
    write_down(session, caller, f"regression.{row.state}", str(row.id), **facts)
