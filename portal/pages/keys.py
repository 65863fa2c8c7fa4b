"""/keys: made and rotated, shown once; revoked."""

from __future__ import annotations

import uuid
from datetime import timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access import keys, scopes
from portal.access.caller import Caller
from portal.access.key_text import KeyText
from portal.access.keys import Terms
from portal.api.state import state_of
from portal.pages.rendering import page
from portal.pages.routing import AdminVisitor, Sent, pages, text_of
from portal.records.base import now
from portal.records.faults import ConflictError, NotThereError

router = pages()
_DAYS = {"": None, "30": 30, "90": 90, "365": 365}
_OVERLAPS = {"0": 0, "3600": 3600, "86400": 86400, "604800": 604800}


@router.get("/keys")
def listed(request: Request, caller: AdminVisitor) -> Response:
    """The list."""
    return _shown(request, caller)


@router.post("/keys")
def create(request: Request, caller: AdminVisitor, fields: Sent) -> Response:
    """Make a key; its text is in this answer alone."""
    name, days = text_of(fields, "name"), text_of(fields, "days")
    chosen = tuple(str(one) for one in fields.getlist("scope"))
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise InputError("request", "name", "up to 200 printable characters")
    if not chosen or not set(chosen) <= set(scopes.SCOPES):
        raise InputError("request", "scope", "at least one of those that there are")
    if days not in _DAYS:
        raise InputError("request", "days", "a choice of the form")
    lasting = _DAYS[days]
    until = None if lasting is None else now() + timedelta(days=lasting)
    with state_of(request).writing(caller) as session:
        _, text = keys.create(session, caller, Terms(name, chosen, until))
    return _shown(request, caller, text, 201)


@router.post("/keys/{key}/rotate")
def rotate(request: Request, caller: AdminVisitor, key: uuid.UUID, fields: Sent) -> Response:
    """Make a key in place of another one, which goes on for a while."""
    overlap = text_of(fields, "overlap")
    if overlap not in _OVERLAPS:
        raise InputError("request", "overlap", "a choice of the form")
    with state_of(request).writing(caller) as session:
        old = keys.find(session, key, lock=True)
        if old is None:
            raise NotThereError("key", key)
        made = keys.rotate(session, caller, old, timedelta(seconds=_OVERLAPS[overlap]))
        if made is None:
            raise ConflictError("this key is over, or was rotated already")
    return _shown(request, caller, made[1], 201)


@router.post("/keys/{key}/revoke")
def revoke(request: Request, caller: AdminVisitor, key: uuid.UUID, fields: Sent) -> Response:
    """End a key now."""
    del fields
    with state_of(request).writing(caller) as session:
        row = keys.find(session, key, lock=True)
        if row is None:
            raise NotThereError("key", key)
        keys.revoke(session, caller, row)
    return RedirectResponse("/keys", 303)


def _shown(
    request: Request, caller: Caller, made: KeyText | None = None, status: int = 200
) -> Response:
    with state_of(request).reading(caller) as session:
        rows = keys.listed(session)
    at = now()
    alive = {row.id for row in rows if keys.is_alive(row, at)}
    return page(
        request,
        "keys",
        status,
        keys=sorted(rows, key=lambda row: row.id not in alive),
        alive=alive,
        made=made,
        meanings=scopes.MEANINGS,
    )
