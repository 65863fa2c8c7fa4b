"""Why there is no such page, or why a change was not made: as a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access.key_text import without_keys
from portal.api.browser_sessions import request_id_of
from portal.pages.local_paths import log_in_path
from portal.pages.rendering import page
from portal.records.faults import ConflictError, NotThereError

_LOG = logging.getLogger(__name__)
KNOWN = (
    HTTPException,
    RequestValidationError,
    InputError,
    NotThereError,
    ConflictError,
    OperationalError,
    PoolTimeoutError,
    IntegrityError,
    StaleDataError,
)


def answer(request: Request, error: Exception) -> Response:
    """The page for an error of ``KNOWN``; for who is not logged in, the way to the log-in."""
    status, said, headers = _said(error)
    if status == 401:
        return _to_log_in(request)
    title = HTTPStatus(status).phrase
    found = page(request, "failure", status, title=title, said=said, id=request_id_of(request))
    found.headers.update(headers)
    return found


def _said(error: Exception) -> tuple[int, str, Mapping[str, str]]:
    if isinstance(error, HTTPException):
        return error.status_code, without_keys(str(error.detail)), error.headers or {}
    if isinstance(error, RequestValidationError):
        # Of an address: what it names cannot be there. What was given is not repeated.
        return 404, "there is no such page", {}
    if isinstance(error, OperationalError | PoolTimeoutError):
        _LOG.warning("the database does not answer: %s", type(error).__name__)
        return 503, "the database does not answer now: try again", {"Retry-After": "1"}
    if isinstance(error, IntegrityError | StaleDataError):
        return 409, "somebody else changed the same meanwhile: look again", {}
    status = {NotThereError: 404, ConflictError: 409}.get(type(error), 422)
    return status, without_keys(str(error)), {}


def _to_log_in(request: Request) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    if request.url.query and wanted != "/":
        wanted += f"?{request.url.query}"
    where = log_in_path(wanted)
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)
