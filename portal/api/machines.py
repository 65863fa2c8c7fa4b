"""/api/v1/machines: register, list, look at, change, retire, merge."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from portal.api.callers import Agent, Reader, Writer
from portal.api.forms import AnswerForm, Cursor, Filter, Limit, RequestForm, Word, problems
from portal.api.state import state_of
from portal.inventory import changing, listing, registering
from portal.inventory.facts import MachineFacts

router = APIRouter(prefix="/api/v1/machines", tags=["machines"], responses=problems(404))
_Count = Annotated[int, Field(ge=1, lt=2**31)]
_Bytes = Annotated[int, Field(ge=1, lt=2**63)]


class MachineFields(RequestForm):
    """What can be said of a machine; what is left out stays as it is, null makes it unknown."""

    provider: Word | None = Field(default=None, examples=["aws"])
    region: Word | None = Field(default=None, examples=["eu-central-1"])
    zone: Word | None = None
    instance_type: Word | None = Field(default=None, examples=["m7i.large"])
    logical_cpus: _Count | None = Field(default=None, examples=[2])
    memory_bytes: _Bytes | None = Field(default=None, examples=[8589934592])
    architecture: Word | None = Field(default=None, examples=["x86_64"])
    address: Word | None = Field(
        default=None, description="Where Prometheus scrapes it.", examples=["10.0.0.7:9100"]
    )
    owner: Word | None = None
    labels: dict[str, str] | None = Field(default=None, examples=[{"team": "search"}])


class Registration(MachineFields):
    """A machine that tells of itself; null and what is left out change nothing."""

    name: Word = Field(examples=["web-1"])


class MachineChange(MachineFields):
    """Fields to set."""

    revision: int | None = Field(
        default=None, description="That was seen: with another one now, nothing is changed."
    )


class MergeRequest(RequestForm):
    """Which entry takes the tests and the name of this one."""

    into: uuid.UUID


class MachineAnswer(AnswerForm):
    """A machine; null is unknown."""

    id: uuid.UUID
    name: str
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    logical_cpus: int | None
    memory_bytes: int | None
    architecture: str | None
    address: str | None
    owner: str | None
    labels: dict[str, str] | None
    state: str = Field(description="active, retired or merged")
    merged_into: uuid.UUID | None
    created_at: datetime
    updated_at: datetime
    revision: int


class RegisteredAnswer(AnswerForm):
    """The machine, and what became of its entry."""

    outcome: str = Field(description="created, updated or unchanged")
    machine: MachineAnswer


class MachinesPage(AnswerForm):
    """Machines by name."""

    machines: list[MachineAnswer]
    next_cursor: str | None


class ChangeAnswer(AnswerForm):
    """A change: by field, what was and what is."""

    changed_at: datetime
    changed_by: str
    action: str
    fields: dict[str, Any] | None


class HistoryPage(AnswerForm):
    """Changes, the newest first."""

    changes: list[ChangeAnswer]
    next_cursor: str | None


@router.post("", responses=problems(409))
def register(request: Request, caller: Agent, said: Registration) -> RegisteredAnswer:
    """Have an entry for a machine, with what it tells now; again, nothing changes."""
    known = said.model_dump(exclude={"name"}, exclude_none=True)
    with state_of(request).writing(caller) as session:
        facts = MachineFacts(said.name, known)
        row, outcome = registering.register(session, caller, facts, "request")
        return RegisteredAnswer(outcome=outcome, machine=MachineAnswer.model_validate(row))


@router.get("")
def machines(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    name: Filter = None,
    provider: Filter = None,
    region: Filter = None,
    zone: Filter = None,
    instance_type: Filter = None,
    owner: Filter = None,
    state: Annotated[str | None, Query(pattern="^(active|retired|merged)$")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> MachinesPage:
    """List machines by name, those that fulfil all filters."""
    filters = {
        "name": name,
        "provider": provider,
        "region": region,
        "zone": zone,
        "instance_type": instance_type,
        "owner": owner,
        "state": state,
    }
    with state_of(request).reading(caller) as session:
        found = listing.machines(session, filters, cursor, limit)
        rows = [MachineAnswer.model_validate(row) for row in found.rows]
    return MachinesPage(machines=rows, next_cursor=found.cursor)


@router.get("/{machine}")
def machine_of(request: Request, caller: Reader, machine: uuid.UUID) -> MachineAnswer:
    """Look at a machine."""
    with state_of(request).reading(caller) as session:
        return MachineAnswer.model_validate(changing.find(session, machine))


@router.patch("/{machine}", responses=problems(404, 409))
def change(
    request: Request, caller: Writer, machine: uuid.UUID, said: MachineChange
) -> MachineAnswer:
    """Change a machine."""
    values = said.model_dump(exclude={"revision"}, exclude_unset=True)
    with state_of(request).writing(caller) as session:
        row = changing.change(session, caller, machine, values, said.revision)
        return MachineAnswer.model_validate(row)


@router.get("/{machine}/history")
def history(
    request: Request, caller: Reader, machine: uuid.UUID, limit: Limit = 100, cursor: Cursor = None
) -> HistoryPage:
    """See how a machine's entry changed, when, and by whom."""
    with state_of(request).reading(caller) as session:
        changing.find(session, machine)
        found = listing.history(session, machine, cursor, limit)
        rows = [ChangeAnswer.model_validate(row) for row in found.rows]
    return HistoryPage(changes=rows, next_cursor=found.cursor)


@router.post("/{machine}/retire", responses=problems(404, 409))
def retire(request: Request, caller: Writer, machine: uuid.UUID) -> MachineAnswer:
    """Retire a machine: it keeps its tests, and Prometheus is not told of it any more."""
    with state_of(request).writing(caller) as session:
        row = changing.set_state(session, caller, machine, retired=True)
        return MachineAnswer.model_validate(row)


@router.post("/{machine}/restore", responses=problems(404, 409))
def restore(request: Request, caller: Writer, machine: uuid.UUID) -> MachineAnswer:
    """Bring a retired machine back."""
    with state_of(request).writing(caller) as session:
        row = changing.set_state(session, caller, machine, retired=False)
        return MachineAnswer.model_validate(row)


@router.post("/{machine}/merge", responses=problems(404, 409))
def merge(
    request: Request, caller: Writer, machine: uuid.UUID, said: MergeRequest
) -> MachineAnswer:
    """Merge a machine's entry into another one, which is answered."""
    with state_of(request).writing(caller) as session:
        row = changing.merge(session, caller, machine, said.into)
        return MachineAnswer.model_validate(row)
