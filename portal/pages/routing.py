"""What all pages share: routers whose errors are pages, visitors, and forms that were sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.responses import Response

from portal.access.caller import Caller
from portal.access.scopes import MEANINGS
from portal.api import browser_sessions
from portal.pages import failures, headers

FORM_FIELD = "form_token"
_MOST_FIELDS = 50


class PageRoute(APIRoute):
    """A route whose answers, errors too, are pages with the headers of pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Of FastAPI."""
        plain = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await plain(request)
            except failures.KNOWN as error:
                response = failures.answer(request, error)
            headers.protect(response)
            return response

        return answer


def pages() -> APIRouter:
    """A router for pages, which OpenAPI does not tell of."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def visiting(scope: str) -> Callable[[Request], Caller]:
    """A dependency: who looks at a page, or sends its form; they must have a scope."""

    def visitor(request: Request) -> Caller:
        token = browser_sessions.cookie(request, "session")
        if token is None:
            raise HTTPException(401)
        found = browser_sessions.find(request, token)
        if scope not in found.scopes:
            raise HTTPException(403, f"this needs the scope '{scope}': {MEANINGS[scope]}")
        return found

    return visitor


async def sent(request: Request) -> FormData:
    """The fields of a form of this session.

    Raises:
        HTTPException: it is of another session, or of another site (403), or no form (400, 415).
    """
    return await sent_with(request, "session")


async def sent_with(request: Request, name: str) -> FormData:
    """The same, of the log-in that a cookie of another name is of."""
    browser_sessions.check_origin(request)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "a form of a page of this portal was expected")
    fields = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    token = browser_sessions.cookie(request, name)
    if token is None:
        raise HTTPException(403, "this form is of another session: load the page again")
    browser_sessions.check_form_token(token, text_of(fields, FORM_FIELD))
    return fields


def text_of(fields: FormData, name: str) -> str:
    """The text of a field, without space around it; "": there is none."""
    found = fields.get(name, "")
    return found.strip() if isinstance(found, str) else ""


Visitor = Annotated[Caller, Depends(visiting("read"))]
WritingVisitor = Annotated[Caller, Depends(visiting("write"))]
RunningVisitor = Annotated[Caller, Depends(visiting("run"))]
AdminVisitor = Annotated[Caller, Depends(visiting("admin"))]
Sent = Annotated[FormData, Depends(sent)]
