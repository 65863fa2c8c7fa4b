"""/health and /v1/ping: what old clients and their monitors ask first."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from portal.api.forms import AnswerForm, problems

router = APIRouter(tags=["old"])


class OldHealthAnswer(AnswerForm):
    """That the process answers; whether its database does, `/readyz` says."""

    status: str = "healthy"
    timestamp: int = Field(description="Unix seconds.", examples=[1796083200])


class PingAnswer(AnswerForm):
    """That it is there, and the time of its clock."""

    status: str = "ok"
    message: str = "pong"
    origintimestamp: int | None = Field(description="What was asked with.")
    timestamp: int = Field(description="Unix seconds.", examples=[1796083200])


@router.get("/health")
async def health() -> OldHealthAnswer:
    """Say that the process answers, as the old API server did."""
    return OldHealthAnswer(timestamp=int(time.time()))


@router.get("/v1/ping", responses={422: problems()[422]})
async def ping(
    timestamp: Annotated[int | None, Query(ge=0, lt=10**11, description="Is given back.")] = None,
) -> PingAnswer:
    """Answer an old collector that asks whether anybody is there. It needs no key."""
    return PingAnswer(origintimestamp=timestamp, timestamp=int(time.time()))


@router.post("/v1/ping", operation_id="old_ping_by_post")
async def ping_by_post() -> PingAnswer:
    """The same; what is sent is not read."""
    return PingAnswer(origintimestamp=None, timestamp=int(time.time()))
