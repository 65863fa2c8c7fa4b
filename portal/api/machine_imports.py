"""/api/v1/machine-imports: machines of a file, all of them or none."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from portal.access.audit import write_down
from portal.api.callers import Writer
from portal.api.forms import AnswerForm, RawBody, problems, raw_body
from portal.api.state import state_of
from portal.inventory import imports, registering
from portal.records.tenant_session import TenantSession

router = APIRouter(prefix="/api/v1/machine-imports", tags=["machines"])
_EXAMPLES = {
    "application/yaml": "machines:\n- name: web-1\n  provider: aws\n  region: eu-central-1\n",
    "text/csv": "name,provider,region,label:team\nweb-1,aws,eu-central-1,search\n",
    "application/json": '[{"targets": ["10.0.0.7:9100"], "labels": {"instance": "web-1"}}]\n',
}


class FileForm(StrEnum):
    """What a file is: inventory.yaml, CSV with a first line of columns, or Prometheus' targets."""

    INVENTORY = "inventory"
    CSV = "csv"
    TARGETS = "targets"


class ImportAnswer(AnswerForm):
    """How many machines became what."""

    created: int
    updated: int
    unchanged: int
    dry_run: bool = Field(description="True: it would be so, and nothing was kept.")


@router.post(
    "",
    responses=problems(408, 413, 415),
    openapi_extra=raw_body({"type": "string"}, _EXAMPLES),
)
def import_machines(
    request: Request,
    caller: Writer,
    body: RawBody,
    form: Annotated[FileForm, Query(description="What the body is.")],
    dry_run: Annotated[bool, Query(description="Only say what would be.")] = False,
) -> ImportAnswer:
    """Register the machines of a file. Prices in an inventory stay with the price book."""
    found = imports.parse(body, form, "body")
    counts: Counter[str] = Counter()
    state = state_of(request)
    with (
        TenantSession(state.engine, caller.tenant, writes=True) as session,
        session.begin() as done,
    ):
        for facts in found:
            counts[registering.register(session, caller, facts, f"body: {facts.name}").outcome] += 1
        write_down(session, caller, "machine.import", form.value, **counts)
        if dry_run:
            done.rollback()
    return ImportAnswer(
        created=counts[registering.CREATED],
        updated=counts[registering.UPDATED],
        unchanged=counts[registering.UNCHANGED],
        dry_run=dry_run,
    )
