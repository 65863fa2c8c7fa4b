"""The cookies of the pages: no script reads them, and no other site's form brings them along."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from portal.api.browser_sessions import cookie_name
from portal.api.state import state_of


def put(
    request: Request, response: Response, name: str, value: str, lasting: timedelta | None
) -> None:
    """Have a browser keep a cookie; ``lasting`` None: until it is closed."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=None if lasting is None else int(lasting.total_seconds()),
        path="/",
        secure=state_of(request).secure,
        httponly=True,
        samesite="lax",
    )


def forget(request: Request, response: Response, name: str) -> None:
    """Have a browser forget a cookie."""
    response.delete_cookie(
        cookie_name(request, name),
        path="/",
        secure=state_of(request).secure,
        httponly=True,
        samesite="lax",
    )
