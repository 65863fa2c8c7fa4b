"""/login and /logout: by name and password, or by a key."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from portal.access import log_in, sessions
from portal.access.authentication import NoEntryError
from portal.access.log_in import TooManyGuessesError
from portal.access.session_tokens import form_token, is_token, new_token
from portal.access.sessions import BegunSession
from portal.api.browser_sessions import cookie, request_id_of
from portal.api.state import state_of
from portal.pages import cookies
from portal.pages.local_paths import local_path
from portal.pages.rendering import page
from portal.pages.routing import Sent, Visitor, pages, sent_with, text_of

router: APIRouter = pages()


async def _sent(request: Request) -> FormData:
    return await sent_with(request, "login")


@router.get("/login")
def form(request: Request, next: str | None = None) -> Response:  # noqa: A002 - of the address
    """The form."""
    return shown(request, local_path(next))


@router.post("/login")
async def enter(request: Request, fields: Annotated[FormData, Depends(_sent)]) -> Response:
    """Let somebody in who has a password or a key."""
    wanted = local_path(text_of(fields, "next"))
    try:
        begun = await run_in_threadpool(_begin, request, fields)
    except NoEntryError as error:
        return shown(request, wanted, str(error), 403 if error.status == 403 else 401)
    except TooManyGuessesError as error:
        answer = shown(request, wanted, str(error), 429)
        answer.headers["Retry-After"] = str(math.ceil(error.seconds))
        return answer
    return entered(request, begun, wanted)


@router.post("/logout")
def leave(request: Request, caller: Visitor, fields: Sent) -> Response:
    """End the session, and have the browser forget what it kept."""
    del fields
    with state_of(request).writing(caller) as session:
        sessions.end(session, caller)
    answer = RedirectResponse("/login", 303)
    cookies.forget(request, answer, "session")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def shown(request: Request, wanted: str, wrong: str | None = None, status: int = 200) -> Response:
    """The form, with what was wrong."""
    held = cookie(request, "login")
    token = held if held and is_token(held) else new_token()
    request.scope.pop("portal_caller", None)
    answer = page(
        request,
        "log_in",
        status,
        next=wanted,
        wrong=wrong,
        provider=None if (oidc := state_of(request).oidc) is None else oidc.host,
        login_token=form_token(token),
    )
    cookies.put(request, answer, "login", token, None)
    return answer


def entered(request: Request, begun: BegunSession, wanted: str) -> Response:
    """The answer to who has come in."""
    answer = RedirectResponse(wanted, 303)
    cookies.put(request, answer, "session", begun.token, sessions.LONGEST)
    cookies.put(request, answer, "device", begun.device, sessions.DEVICE)
    cookies.forget(request, answer, "login")
    return answer


def device_of(request: Request) -> str | None:
    """The cookie of a browser that was here before."""
    found = cookie(request, "device")
    return found if found and is_token(found) else None


def _begin(request: Request, fields: FormData) -> BegunSession:
    engine, request_id = state_of(request).engine, request_id_of(request)
    if key := text_of(fields, "key"):
        return log_in.by_key(engine, key, request_id, device_of(request))
    password = fields.get("password", "")
    assert isinstance(password, str)
    address = request.client.host if request.client else ""
    return log_in.by_password(
        engine,
        state_of(request).guesses,
        text_of(fields, "name"),
        password,
        address,
        request_id,
        device_of(request),
    )
