"""/api/v1/tenants/{tenant}/snippets: files that set other programs up for a tenant."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request

from portal.api.callers import Admin
from portal.api.forms import AnswerForm, problems
from portal.api.tenants import seen_by
from portal.tenancy.snippets.all_of_them import snippets
from portal.tenancy.snippets.settings import METRICS_URL, SnippetSettings

router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"])


class SnippetAnswer(AnswerForm):
    """A file; ``use`` says what to do with it, and which files with keys it names."""

    name: str
    program: str
    use: str
    text: str


class SnippetsAnswer(AnswerForm):
    """The files, which hold no key."""

    snippets: list[SnippetAnswer]


@router.get("/{tenant}/snippets", responses=problems(404))
def files(
    request: Request,
    caller: Admin,
    tenant: uuid.UUID,
    portal_url: Annotated[
        str | None,
        Query(max_length=500, description="Of this portal, else as it was asked."),
    ] = None,
    metrics_url: Annotated[
        str, Query(max_length=500, description="Of the engine's proxy, without its paths.")
    ] = METRICS_URL,
) -> SnippetsAnswer:
    """Files for Prometheus, Alertmanager, agents, Helm, Grafana, vmauth and Mimir."""
    name = seen_by(request, caller, tenant)
    asked = portal_url or str(request.base_url)
    found = snippets(SnippetSettings(tenant, name, asked, metrics_url))
    return SnippetsAnswer(snippets=[SnippetAnswer.model_validate(one) for one in found])
