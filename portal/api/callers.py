"""Who asks, as a dependency of endpoints: `Reader`, `Writer` and so on, for what they may do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from portal.access.authentication import NoEntryError, authenticate
from portal.access.caller import Caller
from portal.access.scopes import MEANINGS
from portal.api import browser_sessions
from portal.api.browser_sessions import request_id_of
from portal.api.state import state_of

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

    def caller(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        header: Annotated[str | None, Security(_HEADER)],
    ) -> Caller:
        text = bearer.credentials if bearer is not None else header or _bare(request)
        found = admit(request, text) if text else browser_sessions.admit(request) or admit(request)
        if scope not in found.scopes:
            raise HTTPException(
                403, f"this {_named(found)} lacks the scope '{scope}': {MEANINGS[scope]}"
            )
        if operator and not found.is_operator:
            raise HTTPException(403, "this is for keys of the operator's tenant")
        return found

    return caller


def _named(caller: Caller) -> str:
    return "key" if caller.user is None else "user"


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
    state = state_of(request)
    if not text:
        expected = "a key is needed: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'"
        raise HTTPException(401, expected, {"WWW-Authenticate": "Bearer"})
    try:
        found, key = authenticate(state.engine, text, request_id_of(request))
    except NoEntryError as error:
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        raise HTTPException(error.status, str(error), headers) from error
    request.scope["portal_caller"] = found
    wait = state.limits.take(key.id, key.requests_per_minute)
    if wait:
        said = f"more than {key.requests_per_minute} requests a minute with this key"
        raise HTTPException(429, said, {"Retry-After": str(math.ceil(wait))})
    return found


Reader = Annotated[Caller, Depends(needs("read"))]
Writer = Annotated[Caller, Depends(needs("write"))]
Agent = Annotated[Caller, Depends(needs("report"))]
Runner = Annotated[Caller, Depends(needs("run"))]
Admin = Annotated[Caller, Depends(needs("admin"))]
Operator = Annotated[Caller, Depends(needs("admin", operator=True))]
