"""Who asks by a browser: the cookie of a session, and what keeps other sites from using it.

A cookie goes along with whatever a page of another site sends, so that it alone changes nothing: a
change needs the session's form token besides, which only our own pages know, in a field of the form
or in a header; and a browser that says where the request is from must say that it is from here.
"""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from portal.access import sessions
from portal.access.authentication import NoEntryError
from portal.access.caller import Caller
from portal.access.session_tokens import is_form_token
from portal.api.state import state_of

FORM_HEADER = "X-Form-Token"
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
# Of one session: a person and their pages.
_PER_MINUTE = 1200


def cookie_name(request: Request, name: str) -> str:
    """Of a cookie; by https with a prefix that browsers guard: no other host can have set it."""
    return f"__Host-perf_{name}" if state_of(request).secure else f"perf_{name}"


def cookie(request: Request, name: str) -> str | None:
    """What a cookie holds; None: there is none."""
    return request.cookies.get(cookie_name(request, name)) or None


def admit(request: Request) -> Caller | None:
    """The caller whose session the cookie is; None: there is no cookie.

    Raises:
        HTTPException: the session lets nobody in (401, 403), asks too often (429), or a change
            lacks its form token or comes from elsewhere (403).
    """
    token = cookie(request, "session")
    if token is None:
        return None
    if request.method not in _LOOKS:
        check_origin(request)
        check_form_token(token, request.headers.get(FORM_HEADER, ""))
    return find(request, token)


def find(request: Request, token: str) -> Caller:
    """The caller of a session, for looking, or for a change whose form was checked.

    Raises:
        HTTPException: as ``admit``.
    """
    state = state_of(request)
    try:
        found = sessions.find(state.engine, token, request_id_of(request))
    except NoEntryError as error:
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        raise HTTPException(error.status, str(error), headers) from error
    request.scope["portal_caller"] = found
    assert found.session is not None
    if wait := state.limits.take(found.session, _PER_MINUTE):
        said = f"more than {_PER_MINUTE} requests a minute in this session"
        raise HTTPException(429, said, {"Retry-After": str(math.ceil(wait))})
    return found


def check_form_token(token: str, given: str) -> None:
    """See that a change is of a page of this session.

    Raises:
        HTTPException: it is not (403).
    """
    if not is_form_token(token, given):
        raise HTTPException(403, "this form is of another session: load the page again")


def check_origin(request: Request) -> None:
    """See that a change comes from a page of this portal, as far as the browser says.

    Raises:
        HTTPException: it comes from elsewhere (403).
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    # Behind a proxy the scheme is not ours to know; the host is.
    here = origin is None or urlsplit(origin).netloc == request.headers.get("Host")
    if site != "same-origin" or not here:
        raise HTTPException(403, "changes are made from pages of this portal alone")


def request_id_of(request: Request) -> str | None:
    """The id that the request log gave a request."""
    found = request.scope.get("portal_request_id")
    return found if isinstance(found, str) else None
