"""/jobs: tests that machines were asked to run, as they go on; ask for one, take one back."""

from __future__ import annotations

import uuid

from fastapi import Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.api.jobs import JobProfile, NewJob, settle_first
from portal.api.state import state_of
from portal.inventory.names import names_of
from portal.jobs import asking, listing, settling
from portal.pages.rendering import page
from portal.pages.routing import RunningVisitor, Sent, Visitor, pages, text_of
from portal.records.jobs import ENDED, MachineAgentRow
from portal.records.tenant_session import TenantSession

router = pages()
_AT_ONCE, _MOST_MACHINES = 25, 500


@router.get("/jobs")
def jobs(request: Request, caller: Visitor) -> Response:
    """The page."""
    state = state_of(request)
    settle_first(state, caller)
    with state.reading(caller) as session:
        found = listing.jobs(session, {}, request.query_params.get("cursor") or None, _AT_ONCE)
        offers = _offers(session) if "run" in caller.scopes else {}
        names = names_of(session, {row.machine_id for row in found.rows} | set(offers))
    return page(
        request,
        "jobs",
        jobs=found.rows,
        more=found.cursor and f"/jobs?cursor={found.cursor}",
        names=names,
        ended=ENDED,
        offers=offers,
        profiles=[str(one) for one in JobProfile],
        may_run="run" in caller.scopes,
        address=str(request.base_url).rstrip("/"),
    )


@router.post("/jobs")
def ask(request: Request, caller: RunningVisitor, fields: Sent) -> Response:
    """Ask a machine's agent for a test."""
    wish = _asked(fields).wish()
    with state_of(request).writing(caller) as session:
        settling.settle(session, wish.machine)
        asking.ask(session, caller, wish, text_of(fields, "request_key") or None)
    return RedirectResponse("/jobs", 303)


@router.post("/jobs/{job}/cancel")
def cancel(request: Request, caller: RunningVisitor, job: uuid.UUID, fields: Sent) -> Response:
    """Take a job back."""
    del fields
    with state_of(request).writing(caller) as session:
        asking.cancel(session, caller, job)
    return RedirectResponse("/jobs", 303)


def _asked(fields: FormData) -> NewJob:
    kernel = text_of(fields, "kernel")
    profile, machine = text_of(fields, "profile"), text_of(fields, "machine")
    try:
        of_machine, how = uuid.UUID(machine), JobProfile(profile or "default")
    except ValueError as error:
        expected = "a machine and a profile of the page"
        raise InputError(
            "request", "machine, profile", expected, f"{machine}, {profile}"
        ) from error
    return NewJob(machine_id=of_machine, kernels=[kernel] if kernel else [], profile=how)


def _offers(session: TenantSession) -> dict[uuid.UUID, str]:
    """The machines that have an agent, and the kernels that may be started there."""
    asked = select(MachineAgentRow.machine_id, MachineAgentRow.offers).limit(_MOST_MACHINES)
    return {
        machine: ", ".join((offers or {}).get("kernels", []))
        for machine, offers in session.execute(asked)
    }
