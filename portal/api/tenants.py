"""/api/v1/tenants: for the operator; and a tenant's own export."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints
from sqlalchemy import Engine

from portal.access.caller import Caller
from portal.access.quotas import UsedQuota
from portal.api.callers import Admin, Operator
from portal.api.forms import NAME, AnswerForm, Cursor, Limit, RequestForm, lines_of_json, problems
from portal.api.state import state_of
from portal.tenancy import deleting, exporting, limiting, provisioning

router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"])
_EXAMPLE = {"table": "machines", "row": {"name": "web-1", "state": "active"}}
TenantName = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=NAME)]


class NewTenant(RequestForm):
    """What it is to be called."""

    name: TenantName = Field(examples=["search"])


class TenantAnswer(AnswerForm):
    """A tenant."""

    id: uuid.UUID
    name: str
    state: str = Field(description="active, suspended or deleting")
    is_operator: bool
    created_at: datetime


class NewTenantAnswer(AnswerForm):
    """A new tenant with its first key, which has all scopes and is never shown again."""

    tenant: TenantAnswer
    key: str


class TenantsPage(AnswerForm):
    """Tenants by name."""

    tenants: list[TenantAnswer]
    next_cursor: str | None


Most = Annotated[int | None, Field(ge=0, lt=2**31, examples=[1000])]


class NewQuota(RequestForm):
    """What a tenant may have at most; null is any number."""

    tests_per_day: Most = None
    machines: Most = None
    stored_bytes: Annotated[int | None, Field(ge=0, lt=2**63, examples=[10**9])] = None
    keys: Most = None


class UsedAnswer(AnswerForm):
    """What may be and what is there."""

    most: int | None = Field(description="null is any number.")
    used: int


class QuotaAnswer(AnswerForm):
    """What a tenant may have and has."""

    tests_per_day: UsedAnswer = Field(description="Taken since midnight, UTC.")
    machines: UsedAnswer = Field(description="Entries that were not merged.")
    stored_bytes: UsedAnswer = Field(description="Of documents, as they came.")
    keys: UsedAnswer = Field(description="Neither revoked nor over.")


class DeletedAnswer(AnswerForm):
    """The proof: rows that were deleted, and those that are there afterwards, by table."""

    tenant: uuid.UUID
    name: str
    deleted: dict[str, int]
    left: dict[str, int]


@router.get("", responses=problems())
def listed(
    request: Request, caller: Operator, limit: Limit = 100, cursor: Cursor = None
) -> TenantsPage:
    """List tenants."""
    del caller
    found = provisioning.tenants(state_of(request).engine, cursor, limit)
    rows = [TenantAnswer.model_validate(row) for row in found.rows]
    return TenantsPage(tenants=rows, next_cursor=found.cursor)


@router.post("", status_code=201, responses=problems(409))
def provision(
    request: Request, response: Response, caller: Operator, said: NewTenant
) -> NewTenantAnswer:
    """Make a tenant and its first key."""
    tenant, text = provisioning.provision(state_of(request).engine, caller, said.name)
    response.headers["Cache-Control"] = "no-store"
    return NewTenantAnswer(tenant=TenantAnswer.model_validate(tenant), key=text.text)


@router.post("/{tenant}/suspend", responses=problems(404, 409))
def suspend(request: Request, caller: Operator, tenant: uuid.UUID) -> TenantAnswer:
    """Have none of a tenant's keys let anybody in."""
    engine = state_of(request).engine
    row = provisioning.set_state(engine, caller, tenant, suspended=True)
    return TenantAnswer.model_validate(row)


@router.post("/{tenant}/resume", responses=problems(404, 409))
def resume(request: Request, caller: Operator, tenant: uuid.UUID) -> TenantAnswer:
    """Let a suspended tenant's keys in again."""
    engine = state_of(request).engine
    row = provisioning.set_state(engine, caller, tenant, suspended=False)
    return TenantAnswer.model_validate(row)


@router.get("/{tenant}/quota", responses=problems(404))
def quota_of(request: Request, caller: Admin, tenant: uuid.UUID) -> QuotaAnswer:
    """What a tenant may have and has: for its own admin keys, and the operator's."""
    engine = state_of(request).engine
    _own_or_operators(engine, caller, tenant)
    return _quota(limiting.of_tenant(engine, tenant))


@router.patch("/{tenant}/quota", responses=problems(404))
def limit(request: Request, caller: Operator, tenant: uuid.UUID, said: NewQuota) -> QuotaAnswer:
    """Set what a tenant may have; what is left out stays."""
    engine = state_of(request).engine
    limits = said.model_dump(exclude_unset=True)
    return _quota(limiting.set_limits(engine, caller, tenant, limits))


def _quota(found: Mapping[str, UsedQuota]) -> QuotaAnswer:
    return QuotaAnswer(**{n: UsedAnswer(most=q.most, used=q.used) for n, q in found.items()})


def _own_or_operators(engine: Engine, caller: Caller, tenant: uuid.UUID) -> None:
    if tenant == caller.tenant:
        return
    # Whether there is such a tenant is the operator's business alone.
    if not caller.is_operator:
        raise HTTPException(404, f"there is no tenant '{tenant}'")
    provisioning.find(engine, tenant)


@router.get(
    "/{tenant}/export",
    response_class=StreamingResponse,
    responses={200: lines_of_json(_EXAMPLE), **problems(404)},
)
def export(request: Request, caller: Admin, tenant: uuid.UUID) -> StreamingResponse:
    """All that a tenant has, one row a line: for its own admin keys, and the operator's."""
    seen_by(request, caller, tenant)
    engine = state_of(request).engine
    return StreamingResponse(exporting.lines(engine, tenant), media_type="application/x-ndjson")


def seen_by(request: Request, caller: Caller, tenant: uuid.UUID) -> str:
    """See that a tenant is the caller's own, or the caller the operator; its name.

    Raises:
        HTTPException, NotThereError: neither is so, or there is none.
    """
    if tenant == caller.tenant:
        return caller.tenant_name
    # Whether there is such a tenant is the operator's business alone.
    if not caller.is_operator:
        raise HTTPException(404, f"there is no tenant '{tenant}'")
    return provisioning.find(state_of(request).engine, tenant).name


@router.delete("/{tenant}", responses=problems(404, 409))
def delete(
    request: Request,
    caller: Operator,
    tenant: uuid.UUID,
    confirm: Annotated[str, Query(max_length=63, description="The tenant's name.")],
) -> DeletedAnswer:
    """Delete a tenant with everything, and prove it."""
    proof = deleting.delete_tenant(state_of(request).engine, caller, tenant, confirm)
    return DeletedAnswer.model_validate(proof)
