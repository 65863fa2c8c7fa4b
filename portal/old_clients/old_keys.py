"""Who asks an old endpoint: a key of this portal, where old clients put theirs.

That is the header ``apikey``, or ``Authorization: ApiKey NAME:KEY``. What new clients use is taken,
too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from portal.access.caller import Caller
from portal.access.scopes import MEANINGS
from portal.api.callers import admit

_OLD = APIKeyHeader(
    name="apikey", auto_error=False, scheme_name="apikey", description="As old clients send it."
)
# In the same words as those of new endpoints: OpenAPI has each scheme once.
_NEW = APIKeyHeader(
    name="X-Api-Key", auto_error=False, scheme_name="header", description="The same key."
)
_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="A key of the portal.")
_SCHEME = "apikey"


def old_needs(scope: str) -> Callable[..., Caller]:
    """A dependency: the caller, whose key must have a scope."""

    def caller(
        request: Request,
        old: Annotated[str | None, Security(_OLD)],
        new: Annotated[str | None, Security(_NEW)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Caller:
        text = old or new or (bearer.credentials if bearer is not None else _named(request))
        found = admit(request, text)
        if scope not in found.scopes:
            raise HTTPException(403, f"this key lacks the scope '{scope}': {MEANINGS[scope]}")
        return found

    return caller


def _named(request: Request) -> str | None:
    """Of ``Authorization: ApiKey NAME:KEY``; the name says nothing that the key does not."""
    scheme, _, said = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != _SCHEME:
        return None
    return said.strip().rpartition(":")[2]


OldReader = Annotated[Caller, Depends(old_needs("read"))]
OldAgent = Annotated[Caller, Depends(old_needs("report"))]
