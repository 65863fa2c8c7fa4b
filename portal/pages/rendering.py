"""From a template to a page; whatever is put into one is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from perfanalysis import __version__
from portal.access.caller import Caller
from portal.access.session_tokens import form_token
from portal.api.browser_sessions import cookie
from portal.pages import shown
from portal.pages.navigation import is_current, menu_of
from portal.pages.static_files import static_url
from portal.records.base import now

_TEMPLATES = Path(__file__).with_name("templates")


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= shown.FILTERS
    found.globals |= {"static_url": static_url, "version": __version__, "is_current": is_current}
    return found


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page that a template makes.

    Args:
        request: whose visitor and session the page is for.
        template: its file, without ``.html``.
        status: of HTTP.
        values: what it shows.
    """
    caller = request.scope.get("portal_caller")
    visitor = caller if isinstance(caller, Caller) else None
    token = cookie(request, "session")
    context = {
        "visitor": visitor,
        "menu": menu_of(visitor) if visitor else [],
        "path": request.url.path,
        "form_token": form_token(token) if visitor and token else None,
        "made_at": now(),
        **values,
    }
    return HTMLResponse(_environment().get_template(f"{template}.html").render(context), status)


def is_part(request: Request) -> bool:
    """Whether htmx asks for a part of a page, and not a browser for all of it."""
    return request.headers.get("HX-Request-Type") == "partial"
