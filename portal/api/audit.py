"""/api/v1/audit: who did what, page by page or all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine, select

from portal.access.audit import entries
from portal.access.caller import Caller
from portal.api.callers import Admin
from portal.api.forms import AnswerForm, Cursor, Limit, lines_of_json, problems
from portal.api.state import state_of
from portal.records.audit import AuditRow
from portal.records.tenant_session import TenantSession

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=problems())


_EXAMPLE = {
    "recorded_at": "2026-11-30T12:00:00Z",
    "actor": "ada (perfanalysis portal)",
    "action": "key.create",
    "subject": "0123456789",
    "request_id": None,
    "facts": {"name": "agents", "scopes": ["report"]},
}


class AuditAnswer(AnswerForm):
    """One act."""

    recorded_at: datetime
    actor: str
    action: str
    subject: str | None
    request_id: str | None
    facts: dict[str, Any] | None


class AuditPage(AnswerForm):
    """Acts, the newest first."""

    entries: list[AuditAnswer]
    next_cursor: str | None


@router.get("")
def audit(request: Request, caller: Admin, limit: Limit = 100, cursor: Cursor = None) -> AuditPage:
    """See who did what with keys, tenants, machines, notes and baselines."""
    with state_of(request).reading(caller) as session:
        found = entries(session, cursor, limit)
        rows = [AuditAnswer.model_validate(row) for row in found.rows]
    return AuditPage(entries=rows, next_cursor=found.cursor)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: lines_of_json(_EXAMPLE)},
)
def export(request: Request, caller: Admin) -> StreamingResponse:
    """The whole log, the oldest entry first, one a line."""
    lines = _lines(state_of(request).engine, caller)
    return StreamingResponse(lines, media_type="application/x-ndjson")


def _lines(engine: Engine, caller: Caller) -> Iterator[bytes]:
    with TenantSession(engine, caller.tenant) as session:
        asked = select(AuditRow).order_by(AuditRow.recorded_at, AuditRow.id)
        for row in session.scalars(asked.execution_options(yield_per=200)):
            entry = AuditAnswer.model_validate(row).model_dump(mode="json")
            yield json.dumps(entry).encode() + b"\n"
            session.expunge(row)
