"""/healthz and /readyz: for whoever starts, stops and balances portals."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request

from portal.api.forms import AnswerForm, problems
from portal.api.state import state_of

router = APIRouter(tags=["operations"])


class HealthAnswer(AnswerForm):
    """That it is well."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> HealthAnswer:
    """The process answers; its database is not asked."""
    return HealthAnswer()


@router.get("/readyz", responses={503: problems()[503]})
async def readyz(request: Request) -> HealthAnswer:
    """The database answers, too, within a second: requests may come."""
    if not await state_of(request).readiness.answers():
        said = "the database does not answer: `perfanalysis portal doctor` says more"
        raise HTTPException(503, said, {"Retry-After": "1"})
    return HealthAnswer()
