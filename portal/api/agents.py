"""/api/v1/agents: where agents of machines take their work, and tell how it goes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from portal.access.caller import Caller
from portal.api.callers import Admin, Agent, Reader
from portal.api.forms import NAME, AnswerForm, Cursor, Limit, RequestForm, Word, problems
from portal.api.jobs import JobAnswer, JobProfile, KernelName
from portal.api.state import PortalState, state_of
from portal.jobs import agents, taking
from portal.jobs.agents import AgentPresent
from portal.jobs.taking import JobAttempt, JobEnding, JobProgress
from portal.records.fitting import PLAIN_TEXT

router = APIRouter(prefix="/api/v1/agents", tags=["agents"], responses=problems(409))
MOST_WAIT_SECONDS = 50
Ratio = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, lt=1e18)]
Phase = Annotated[str, StringConstraints(max_length=100, pattern=PLAIN_TEXT)]
Said = Annotated[str, StringConstraints(max_length=500, pattern=PLAIN_TEXT)]
TestName = Annotated[str, StringConstraints(max_length=128, pattern=NAME)]


class AgentOffersForm(RequestForm):
    """What may be started on a machine, as its agent has it."""

    kernels: Annotated[list[KernelName], Field(max_length=100)]
    profiles: Annotated[list[JobProfile], Field(max_length=len(JobProfile))]
    most_seconds: Annotated[int, Field(ge=1, le=86400)]
    window: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN_TEXT)] | None = Field(
        default=None, description="When tests may start, in its own time.", examples=["22:00-05:00"]
    )


class CallForWork(RequestForm):
    """An agent that asks for work."""

    machine: Word = Field(examples=["web-1"])
    agent: uuid.UUID = Field(description="Its own id, which it keeps over restarts.")
    offers: AgentOffersForm
    takes: bool = Field(default=True, description="False: it only wants to know who watches.")
    wait_seconds: Annotated[float, Field(ge=0, le=MOST_WAIT_SECONDS)] = Field(
        default=0, description="The longest that the answer may take where there is nothing."
    )


class TakenJob(AnswerForm):
    """A job that the agent has from now on."""

    attempt: int
    job: JobAnswer


class WorkAnswer(AnswerForm):
    """What there is to do."""

    machine_id: uuid.UUID
    watched: bool = Field(description="Whether somebody wants to see the machine's readings.")
    taken: TakenJob | None


class _OfAttempt(RequestForm):
    agent: uuid.UUID
    attempt: Annotated[int, Field(ge=1, lt=2**31)]


class ProgressReport(_OfAttempt):
    """How far a run is."""

    kernel: KernelName | None = None
    phase: Phase | None = None
    progress_ratio: Ratio | None = None
    units_per_second: Amount | None = None


class EndReport(_OfAttempt):
    """How a run ended."""

    outcome: Literal["done", "failed", "cancelled", "released"] = Field(
        description="released: the agent stops, and another attempt may follow."
    )
    said: Said | None = None
    test_ids: Annotated[list[TestName], Field(max_length=100)] = Field(default=[])


class HeardAnswer(AnswerForm):
    """What an agent is to do now."""

    stop: str | None = Field(description="cancelled, time limit or lost; null: it goes on.")


class MachineReadings(RequestForm):
    """What an agent read of its machine just now; what is left out is unknown."""

    cpu_busy_ratio: Ratio | None = None
    cpu_iowait_ratio: Ratio | None = None
    cpu_steal_ratio: Ratio | None = None
    load1: Amount | None = None
    memory_total_bytes: Amount | None = None
    memory_available_bytes: Amount | None = None
    network_receive_bytes_per_second: Amount | None = None
    network_transmit_bytes_per_second: Amount | None = None
    disk_read_bytes_per_second: Amount | None = None
    disk_written_bytes_per_second: Amount | None = None


class ReadingsReport(RequestForm):
    """Readings of an agent's machine."""

    agent: uuid.UUID
    readings: MachineReadings


class WatchedAnswer(AnswerForm):
    """Whether somebody still watches."""

    watched: bool


class AgentAnswer(AnswerForm):
    """A machine's agent; ``offers`` as it told them last."""

    machine_id: uuid.UUID
    machine: str
    key_id: uuid.UUID
    bound_at: datetime
    seen_at: datetime
    offers: dict[str, Any] | None


class AgentsPage(AnswerForm):
    """Agents by their machines' names."""

    agents: list[AgentAnswer]
    next_cursor: str | None


@router.post("/work")
async def work(request: Request, caller: Agent, said: CallForWork) -> WorkAnswer:
    """Ask for work of a machine, and wait for it.

    The first key that asks is bound to the machine. Asked again by the agent that has a job already
    it gets the same one, as a new attempt.
    """
    portal = state_of(request)
    found = await run_in_threadpool(_look, portal, caller, said)
    if found.taken is None and not found.watched and said.wait_seconds > 0:
        await portal.live.wait_for_work(
            caller.tenant, found.machine_id, said.wait_seconds, takes=said.takes
        )
        if not await request.is_disconnected():
            found = await run_in_threadpool(_look, portal, caller, said)
    return found


def _look(portal: PortalState, caller: Caller, said: CallForWork) -> WorkAnswer:
    offers = said.offers.model_dump(mode="json", exclude_none=True)
    with portal.writing(caller) as session:
        row = agents.arrive(session, caller, AgentPresent(said.machine, said.agent, offers))
        job = taking.take(session, row) if said.takes else None
        taken = job and TakenJob(attempt=job.attempts, job=JobAnswer.model_validate(job))
        return WorkAnswer(
            machine_id=row.machine_id, watched=agents.is_watched(row), taken=taken or None
        )


@router.post("/jobs/{job}/progress", responses=problems(404, 409))
def progress(request: Request, caller: Agent, job: uuid.UUID, said: ProgressReport) -> HeardAnswer:
    """Tell how far a run is, about once a second; without a word for a minute the job is lost."""
    with state_of(request).writing(caller) as session:
        attempt = JobAttempt(job, said.agent, said.attempt)
        now = JobProgress(said.kernel, said.phase, said.progress_ratio, said.units_per_second)
        return HeardAnswer(stop=taking.report(session, caller, attempt, now))


@router.post("/jobs/{job}/end", responses=problems(404, 409))
def end(request: Request, caller: Agent, job: uuid.UUID, said: EndReport) -> JobAnswer:
    """Tell how a run ended; the same again changes nothing."""
    with state_of(request).writing(caller) as session:
        attempt = JobAttempt(job, said.agent, said.attempt)
        ending = JobEnding(said.outcome, said.said, said.test_ids)
        row = taking.finish(session, caller, attempt, ending)
        return JobAnswer.model_validate(row)


@router.post("/{machine}/readings", responses=problems(404, 409))
def readings(
    request: Request, caller: Agent, machine: uuid.UUID, said: ReadingsReport
) -> WatchedAnswer:
    """Hand in what a machine's agent reads of it, once a second while somebody watches."""
    values = said.readings.model_dump(exclude_none=True)
    with state_of(request).writing(caller) as session:
        watched = agents.keep_readings(session, caller, machine, said.agent, values)
    return WatchedAnswer(watched=watched)


@router.get("", responses=problems())
def listed(
    request: Request, caller: Reader, limit: Limit = 100, cursor: Cursor = None
) -> AgentsPage:
    """List agents, and when they were last heard of."""
    with state_of(request).reading(caller) as session:
        found = agents.listed(session, cursor, limit)
        rows = [
            AgentAnswer(
                machine_id=row.machine_id,
                machine=name,
                key_id=row.key_id,
                bound_at=row.bound_at,
                seen_at=row.seen_at,
                offers=row.offers,
            )
            for row, name in found.rows
        ]
    return AgentsPage(agents=rows, next_cursor=found.cursor)


@router.delete("/{machine}", status_code=204, responses=problems(404))
def free(request: Request, caller: Admin, machine: uuid.UUID) -> None:
    """Have a machine be bound to no key: the next one that asks for its work is."""
    with state_of(request).writing(caller) as session:
        agents.free(session, caller, machine)
