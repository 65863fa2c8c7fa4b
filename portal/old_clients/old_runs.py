"""/api/v1/runs: what the old API server answered of runs; a run is a capture of this portal.

Which runs there are stands in the portal; what the machine did then, in Prometheus, where
`perfanalysis import capture` brings captures and an exporter brings all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.forms import Cursor, problems
from portal.api.state import state_of
from portal.captures import listing
from portal.inventory.registering import successor
from portal.old_clients.old_keys import OldReader
from portal.old_clients.old_rows import (
    DiskstatRow,
    MeminfoRow,
    NetDevRow,
    RunRow,
    StatRow,
    as_csv,
)
from portal.old_clients.run_series import AskedRun, RunSeries
from portal.records.captures import CaptureRow
from portal.records.faults import ConflictError, NotSetUpError
from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

router = APIRouter(prefix="/api/v1/runs", tags=["old"], responses=problems(404, 409))
MOST_RUNS, MOST_POINTS, USUAL_POINTS = 500, 10_000, 1000
USUAL_STEP = 15.0
_Number = Annotated[int, Path(ge=1, lt=2**31, examples=[1])]
_Step = Annotated[
    float | None,
    Query(ge=1, le=86400, description="Seconds between rows; default: 15, or a thousand rows."),
]


class RunKind(StrEnum):
    """What is told of a run: CPUs, memory, interfaces, disks. ``diskstat`` is as ``diskstats``."""

    STATS = "stats"
    MEMINFO = "meminfo"
    NETDEV = "netdev"
    DISKSTAT = "diskstat"
    DISKSTATS = "diskstats"


_MODELS: dict[RunKind, type[RunRow]] = {
    RunKind.STATS: StatRow,
    RunKind.MEMINFO: MeminfoRow,
    RunKind.NETDEV: NetDevRow,
    RunKind.DISKSTAT: DiskstatRow,
    RunKind.DISKSTATS: DiskstatRow,
}


class RunAnswer(BaseModel):
    """A run; null is unknown."""

    model_config = ConfigDict(populate_by_name=True)

    number: int = Field(serialization_alias="RunID")
    site: int | None = Field(serialization_alias="SiteID")
    host: int | None = Field(serialization_alias="HostID")
    machine: str = Field(serialization_alias="Machine")
    began: datetime | None = Field(serialization_alias="Began")
    ended: datetime | None = Field(serialization_alias="Ended")


class RunsAnswer(BaseModel):
    """Runs, the newest first; what is not in this page is behind the cursor."""

    runs: list[RunAnswer]
    next_cursor: str | None


class WholeRunAnswer(BaseModel):
    """A run with all that is told of it; null, where ``unknown`` says why."""

    measurements: RunAnswer
    stats: list[StatRow] | None
    meminfo: list[MeminfoRow] | None
    netdev: list[NetDevRow] | None
    diskstat: list[DiskstatRow] | None
    unknown: str | None


@router.get("")
def runs(request: Request, caller: OldReader, cursor: Cursor = None) -> RunsAnswer:
    """List runs, the newest first, 500 at a time."""
    with state_of(request).reading(caller) as session:
        found = listing.captures(session, None, cursor, MOST_RUNS)
        names = _names(session, found.rows)
        rows = [_run(row, names[row.id][0]) for row in found.rows]
    return RunsAnswer(runs=rows, next_cursor=found.cursor)


@router.get("/{run}")
def run_of(request: Request, caller: OldReader, run: _Number, step: _Step = None) -> WholeRunAnswer:
    """See a run, and what the machine did then, as far as there is an engine that knows it."""
    row, names = _find(request, caller, run)
    about = _run(row, names[0])
    try:
        series = _series(request, caller, row, names, step)
    except (NotSetUpError, ConflictError) as error:
        return WholeRunAnswer(
            measurements=about,
            stats=None,
            meminfo=None,
            netdev=None,
            diskstat=None,
            unknown=str(error),
        )
    return WholeRunAnswer(
        measurements=about,
        stats=series.stats(),
        meminfo=series.meminfo(),
        netdev=series.netdev(),
        diskstat=series.diskstat(),
        unknown=None,
    )


@router.get("/{run}/{kind}", response_model=list[StatRow | MeminfoRow | NetDevRow | DiskstatRow])
def rows_of(
    request: Request, caller: OldReader, run: _Number, kind: RunKind, step: _Step = None
) -> Sequence[RunRow]:
    """See what the machine did in a run: CPUs, memory, interfaces or disks."""
    row, names = _find(request, caller, run)
    return _rows(_series(request, caller, row, names, step), kind)


@router.get(
    "/{run}/{kind}/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export(
    request: Request, caller: OldReader, run: _Number, kind: RunKind, step: _Step = None
) -> Response:
    """The same as CSV."""
    row, names = _find(request, caller, run)
    rows = _rows(_series(request, caller, row, names, step), kind)
    head = {"Content-Disposition": f'attachment; filename="{kind.value}_run_{run}.csv"'}
    return Response(as_csv(rows, _MODELS[kind]), media_type="text/csv", headers=head)


def _find(request: Request, caller: Caller, run: int) -> tuple[CaptureRow, list[str]]:
    with state_of(request).reading(caller) as session:
        row = listing.by_number(session, run)
        return row, _names(session, [row])[row.id]


def _names(session: TenantSession, rows: Sequence[CaptureRow]) -> dict[object, list[str]]:
    """The names of each run's machine: the entry's own, and that of its successor."""
    ids = {row.machine_id for row in rows}
    asked = select(MachineEntryRow).where(MachineEntryRow.id.in_(ids))
    known = {one.id: one for one in session.scalars(asked)}
    names = {id_: [one.name] for id_, one in known.items()}
    for id_, one in known.items():
        if one.merged_into is not None:
            names[id_].append(successor(session, one).name)
    return {row.id: names[row.machine_id] for row in rows}


def _run(row: CaptureRow, machine: str) -> RunAnswer:
    return RunAnswer(
        number=row.number,
        site=row.site_number,
        host=row.host_number,
        machine=machine,
        began=row.began_at,
        ended=row.ended_at,
    )


def _series(
    request: Request, caller: Caller, row: CaptureRow, names: Sequence[str], step: float | None
) -> RunSeries:
    shared = state_of(request).outside.shared_engine
    labels = shared.matchers_of(caller)
    if row.began_at is None or row.ended_at is None:
        raise ConflictError("when this run was is not known: its capture does not tell it")
    start, end = row.began_at.timestamp(), row.ended_at.timestamp()
    chosen = step or max(USUAL_STEP, (end - start) / USUAL_POINTS)
    if (end - start) / chosen > MOST_POINTS:
        expected = f"a step that gives at most {MOST_POINTS} rows"
        raise InputError("request", "step", expected, step)
    return RunSeries(shared.engine, AskedRun(row.number, names, labels, start, end, chosen))


def _rows(series: RunSeries, kind: RunKind) -> Sequence[RunRow]:
    if kind is RunKind.STATS:
        return series.stats()
    if kind is RunKind.MEMINFO:
        return series.meminfo()
    return series.netdev() if kind is RunKind.NETDEV else series.diskstat()
