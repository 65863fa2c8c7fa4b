"""/healthz and /readyz: for whoever starts, stops and balances portals."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select

from portal.api.forms import AnswerForm, problems
from portal.api.state import state_of
from portal.records.tenant_session import OperatorSession
from portal.records.tenants import TenantRow

router = APIRouter(tags=["operations"])


class HealthAnswer(AnswerForm):
    """That it is well."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> HealthAnswer:
    """The process answers; its database is not asked."""
    return HealthAnswer()


@router.get("/readyz", responses={503: problems()[503]})
def readyz(request: Request) -> HealthAnswer:
    """The database answers, too: requests may come."""
    with OperatorSession(state_of(request).engine) as session:
        session.scalar(select(TenantRow.id).limit(1))
    return HealthAnswer()
