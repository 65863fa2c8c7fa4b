"""/machines: the list, and one machine with its facts, history and tests."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.api.state import state_of
from portal.inventory import changing, names
from portal.inventory import listing as inventory
from portal.load_tests import listing
from portal.pages import machine_cost
from portal.pages.rendering import is_part, page
from portal.pages.routing import Sent, Visitor, WritingVisitor, pages, text_of
from portal.pages.work_of_machine import work_of

router = pages()
_WORDS = ("name", "provider", "region", "instance_type", "owner", "state")
_AT_ONCE, _CHANGES, _TESTS = 25, 50, 10


@router.get("/machines")
def machines(request: Request, caller: Visitor) -> Response:
    """The list, or what htmx adds to it."""
    given = request.query_params
    chosen = {name: given.get(name, "").strip() for name in _WORDS}
    asked = {name: value for name, value in chosen.items() if value}
    with state_of(request).reading(caller) as session:
        found = inventory.machines(session, asked, given.get("cursor") or None, _AT_ONCE)
    more = found.cursor and f"/machines?{urlencode({**asked, 'cursor': found.cursor})}"
    template = "parts/more_machines" if is_part(request) else "machines"
    return page(request, template, machines=found.rows, chosen=chosen, more=more)


@router.get("/machines/{machine}")
def machine_of(request: Request, caller: Visitor, machine: uuid.UUID) -> Response:
    """One machine."""
    state = state_of(request)
    with state.reading(caller) as session:
        row = changing.find(session, machine)
        changes = inventory.history(session, machine, None, _CHANGES)
        tests = listing.tests(session, listing.of_machine(machine), None, _TESTS)
        work = work_of(session, machine)
        into = row.merged_into and changing.find(session, row.merged_into).name
    return page(
        request,
        "machine",
        machine=row,
        into=into,
        changes=changes,
        tests=tests,
        work=work,
        names={machine: row.name},
        may_write="write" in caller.scopes,
        **machine_cost.prices_now(state, caller, row),
        **machine_cost.form_of(machine_cost.chosen_of({})),
    )


@router.post("/machines/{machine}/retire")
def retire(request: Request, caller: WritingVisitor, machine: uuid.UUID, fields: Sent) -> Response:
    """Retire a machine, or bring it back."""
    with state_of(request).writing(caller) as session:
        retired = text_of(fields, "back") != "yes"
        changing.set_state(session, caller, machine, retired=retired)
    return RedirectResponse(f"/machines/{machine}", 303)


@router.post("/machines/{machine}/merge")
def merge(request: Request, caller: WritingVisitor, machine: uuid.UUID, fields: Sent) -> Response:
    """Merge a machine into another one, which is named."""
    name = text_of(fields, "into")
    with state_of(request).writing(caller) as session:
        changing.find(session, machine)
        found = names.machine_named(session, name)
        if found is None:
            raise InputError("request", "into", "the name of a machine", name)
        changing.merge(session, caller, machine, found)
    return RedirectResponse(f"/machines/{found}", 303)
