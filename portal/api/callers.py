"""Who asks, as a dependency of endpoints: `Reader`, `Writer` and so on, for what they may do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from portal.access.authentication import NoEntryError, let_in, note_use, well_formed
from portal.access.caller import Caller
from portal.access.key_text import KeyText
from portal.access.scopes import MEANINGS
from portal.api import browser_sessions
from portal.api.browser_sessions import request_id_of
from portal.api.state import state_of
from portal.records.key_look_up import KnownKey, look_up

_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="A key of the portal.")
_HEADER = APIKeyHeader(
    name="X-Api-Key", auto_error=False, scheme_name="header", description="The same key."
)


def needs(scope: str, *, operator: bool = False) -> Callable[..., Caller]:
    """A dependency: the caller, whose key must have a scope.

    Args:
        scope: of ``access.scopes``.
        operator: whether the key must be one of the operator's tenant.
    """

    def caller(request: Request, text: KeyGiven) -> Caller:
        found = admit(request, text) if text else browser_sessions.admit(request)
        # Without either it says that a key is needed.
        found = found or admit(request, None)
        return _with_scope(request, found, scope, operator=operator)

    return caller


def _named(caller: Caller) -> str:
    return "key" if caller.user is None else "user"


async def key_given(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    header: Annotated[str | None, Security(_HEADER)],
) -> str | None:
    """What came as a key; nobody has looked at it yet."""
    return bearer.credentials if bearer is not None else header or _bare(request)


KeyGiven = Annotated[str | None, Depends(key_given)]


def _with_scope(request: Request, caller: Caller, scope: str, *, operator: bool = False) -> Caller:
    if scope not in caller.scopes or (operator and not caller.is_operator):
        state_of(request).counter.count_refused_key("scope")
    if scope not in caller.scopes:
        raise HTTPException(
            403, f"this {_named(caller)} lacks the scope '{scope}': {MEANINGS[scope]}"
        )
    if operator and not caller.is_operator:
        raise HTTPException(403, "this is for keys of the operator's tenant")
    return caller


def _bare(request: Request) -> str | None:
    """A key without a scheme before it: Prometheus 2.42 sends none from `http_sd_configs`.

    Its configuration there is not checked, so that the type is not set to Bearer either.
    """
    said = request.headers.get("Authorization", "").strip()
    return said if said.startswith("perf_") else None


def admit(request: Request, text: str | None = None) -> Caller:
    """The caller whose key a text is, within its limit of rate.

    Raises:
        HTTPException: it lets nobody in (401, 403), or asks too often (429).
    """
    key = key_of_text(request, text)
    engine = state_of(request).engine
    found = look_up(engine, key.prefix)
    try:
        return admit_known(request, key, found)
    finally:
        note_use(engine, key, found)


def key_of_text(request: Request, text: str | None) -> KeyText:
    """A key that is none by mistake of its spelling.

    Raises:
        HTTPException: there is none, or it is mistyped (401).
    """
    if not text:
        state_of(request).counter.count_refused_key("none")
        expected = "a key is needed: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'"
        raise HTTPException(401, expected, {"WWW-Authenticate": "Bearer"})
    try:
        return well_formed(text)
    except NoEntryError as error:
        raise _no_entry(request, error) from error


def admit_known(
    request: Request, key: KeyText, found: KnownKey | None, scope: str | None = None
) -> Caller:
    """The caller by what the database has of the key now.

    Args:
        request: with the key.
        key: of it.
        found: what the database has of its prefix.
        scope: that it must have; None: any.

    Raises:
        HTTPException: it lets nobody in (401, 403), asks too often (429), or lacks the scope (403).
    """
    try:
        caller, row = let_in(key, found, request_id_of(request))
    except NoEntryError as error:
        raise _no_entry(request, error) from error
    request.scope["portal_caller"] = caller
    wait = state_of(request).limits.take(row.id, row.requests_per_minute)
    if wait:
        state_of(request).counter.count_limited()
        said = f"more than {row.requests_per_minute} requests a minute with this key"
        raise HTTPException(429, said, {"Retry-After": str(math.ceil(wait))})
    return caller if scope is None else _with_scope(request, caller, scope)


def _no_entry(request: Request, error: NoEntryError) -> HTTPException:
    state_of(request).counter.count_refused_key(error.reason)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return HTTPException(error.status, str(error), headers)


Reader = Annotated[Caller, Depends(needs("read"))]
Writer = Annotated[Caller, Depends(needs("write"))]
Agent = Annotated[Caller, Depends(needs("report"))]
Runner = Annotated[Caller, Depends(needs("run"))]
Admin = Annotated[Caller, Depends(needs("admin"))]
Operator = Annotated[Caller, Depends(needs("admin", operator=True))]
