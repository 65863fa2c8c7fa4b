"""/api/v1/live: a WebSocket with what goes on now, and the tickets by which browsers come in."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from portal.access.authentication import NoEntryError, authenticate
from portal.api.callers import Reader
from portal.api.forms import AnswerForm, RequestForm, problems
from portal.api.state import PortalState, state_of
from portal.live import tickets
from portal.live.connections import NOT_ALLOWED, ConnectionsFullError, LiveConnection, LiveWire
from portal.live.tickets import LASTS, LiveGuest

router = APIRouter(tags=["live"])
LOG = logging.getLogger("portal.requests")
MOST_MACHINES, MOST_JOBS = 50, 200
# Between two wishes of a connection.
_PATIENCE_SECONDS = 0.1
WIRE = "perfanalysis.live"


class TicketAnswer(AnswerForm):
    """A ticket for one live connection."""

    ticket: str = Field(description="For /api/v1/live?ticket=...; shown this once.")
    seconds: int = Field(description="It has to be used within so many.")


class WatchWish(RequestForm):
    """What a connection wants to see; sent by the client at any time, it replaces the last one."""

    machines: Annotated[list[uuid.UUID], Field(max_length=MOST_MACHINES)] = Field(default=[])
    jobs: bool = Field(default=True, description="Whether all jobs that are open are shown.")
    job_ids: Annotated[list[uuid.UUID], Field(max_length=MOST_JOBS)] = Field(
        default=[], description="Jobs whose state is told once, also where they have ended."
    )


@router.post("/api/v1/live-tickets", status_code=201, responses=problems())
def ticket(request: Request, caller: Reader) -> TicketAnswer:
    """Get a ticket that opens one live connection: browsers cannot send a key there."""
    with state_of(request).writing(caller) as session:
        text = tickets.issue(session, caller)
    if text is None:
        raise HTTPException(429, "too many tickets are open", {"Retry-After": "30"})
    return TicketAnswer(ticket=text, seconds=int(LASTS.total_seconds()))


@router.websocket("/api/v1/live")
async def live(websocket: WebSocket) -> None:
    """Frames about once a second; what is asked for comes as JSON of the form of ``WatchWish``."""
    state: PortalState = websocket.app.state.portal
    wire = websocket.scope["extensions"].get(WIRE)
    try:
        who = await _admitted(websocket, state)
        if wire is None:
            raise HTTPException(501, "this server sends no live frames")
        with state.live.joined(connection := LiveConnection(who, wire, jobs=False)):
            await websocket.accept()
            try:
                await _listen(websocket, connection)
            finally:
                _tell(connection)
    except HTTPException as error:
        await _deny(websocket, error.status_code, str(error.detail))
    except ConnectionsFullError as error:
        await _deny(websocket, 503, str(error))
    except SQLAlchemyError:
        await _deny(websocket, 503, "the database does not answer now: try again")


def _tell(connection: LiveConnection) -> None:
    seconds = round(time.monotonic() - connection.since, 3)
    facts = {"tenant": str(connection.who.tenant), "key": connection.who.shown, "seconds": seconds}
    LOG.info("live connection", extra={"facts": facts})


async def _listen(websocket: WebSocket, connection: LiveConnection) -> None:
    """Hear what a connection wants to see, until it ends."""
    wire: LiveWire = connection.wire
    connection.watch(frozenset(), jobs=True)
    while True:
        try:
            text = await websocket.receive_text()
            wish = WatchWish.model_validate_json(text)
        except WebSocketDisconnect:
            return
        except (ValidationError, KeyError):
            wire.drop(NOT_ALLOWED, 'expected {"machines": [ids], "jobs": true, "job_ids": [ids]}')
            return
        connection.watch(frozenset(wish.machines), jobs=wish.jobs, job_ids=frozenset(wish.job_ids))
        await asyncio.sleep(_PATIENCE_SECONDS)


async def _admitted(websocket: WebSocket, state: PortalState) -> LiveGuest:
    """Whom a connection is of.

    Raises:
        HTTPException: it is nobody's, or comes from a page of elsewhere.
    """
    headers = websocket.headers
    _check_origin(headers.get("Origin"), headers.get("Host", ""))
    given = websocket.query_params.get("ticket")
    if given is not None:
        found = await asyncio.to_thread(tickets.redeem, state.engine, given)
        if found is None:
            raise HTTPException(401, "this ticket is none, over or used up: get another one")
        return found
    scheme, _, text = headers.get("Authorization", "").partition(" ")
    text = text.strip() if scheme.lower() == "bearer" else headers.get("X-Api-Key", "")
    if not text:
        expected = (
            "a key is needed: 'Authorization: Bearer KEY', or a ticket of /api/v1/live-tickets"
        )
        raise HTTPException(401, expected)
    try:
        caller, key = await asyncio.to_thread(authenticate, state.engine, text, None)
    except NoEntryError as error:
        raise HTTPException(error.status, str(error)) from error
    if "read" not in caller.scopes:
        raise HTTPException(403, "this key lacks the scope 'read'")
    if wait := state.limits.take(key.id, key.requests_per_minute):
        raise HTTPException(429, f"too many requests with this key: wait {wait:.0f} s")
    return LiveGuest(caller.tenant, caller.key, caller.shown)


def _check_origin(origin: str | None, host: str) -> None:
    """A page of another site must not read with the cookies or the network of who looks at it."""
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise HTTPException(403, "pages of this portal alone may ask for live frames")


async def _deny(websocket: WebSocket, status: int, detail: str) -> None:
    if websocket.application_state.name != "CONNECTING":
        return
    content: dict[str, Any] = {"title": "no live frames", "status": status, "detail": detail}
    answer = JSONResponse(content, status, media_type="application/problem+json")
    await websocket.send_denial_response(answer)
