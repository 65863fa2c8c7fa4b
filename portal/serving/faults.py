"""Errors as answers: a problem (RFC 9457) of what was wrong, without values of others."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from perfanalysis.errors import InputError
from portal.access.key_text import without_keys
from portal.api.browser_sessions import request_id_of
from portal.records.faults import (
    ConflictError,
    NotNowError,
    NotSetUpError,
    NotThereError,
    QuotaError,
)
from portal.serving.portal_metrics import PortalMetrics

LOG = logging.getLogger(__name__)
_SOON = {"Retry-After": "1"}


def install(app: FastAPI, metrics: PortalMetrics) -> None:
    """Have an application answer errors so, and count what the database did not answer."""

    def not_now(request: Request, error: Exception) -> JSONResponse:
        metrics.count_database_fault()
        LOG.warning("the database does not answer: %s", type(error).__name__)
        return _problem(request, 503, "the database does not answer now: try again", _SOON)

    app.add_exception_handler(InputError, lambda r, e: _problem(r, 422, str(e)))
    app.add_exception_handler(NotThereError, lambda r, e: _problem(r, 404, str(e)))
    app.add_exception_handler(NotSetUpError, lambda r, e: _problem(r, 404, str(e)))
    app.add_exception_handler(ConflictError, lambda r, e: _problem(r, 409, str(e)))
    app.add_exception_handler(NotNowError, lambda r, e: _problem(r, 503, str(e), _SOON))
    app.add_exception_handler(QuotaError, _no_room)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_form)
    app.add_exception_handler(OperationalError, not_now)
    app.add_exception_handler(PoolTimeoutError, not_now)
    app.add_exception_handler(IntegrityError, _meanwhile)
    app.add_exception_handler(StaleDataError, _meanwhile)
    app.add_exception_handler(Exception, _ours)


def _problem(
    request: Request, status: int, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    content = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": without_keys(detail),
        "request_id": request_id_of(request),
    }
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def _no_room(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, QuotaError)
    if error.wait is None:
        return _problem(request, 403, str(error))
    return _problem(request, 429, str(error), {"Retry-After": str(error.wait)})


def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return _problem(request, error.status_code, str(error.detail), headers)


def _of_form(request: Request, error: Exception) -> JSONResponse:
    """The first thing that is wrong; what was given is not repeated, it may be a secret."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _problem(request, 422, f"{place}: {first['msg']}")


def _meanwhile(request: Request, error: Exception) -> JSONResponse:
    del error
    return _problem(request, 409, "somebody else changed the same meanwhile: look again")


def _ours(request: Request, error: Exception) -> JSONResponse:
    LOG.error("a request failed", exc_info=error, extra={"facts": _facts(request)})
    return _problem(request, 500, "this is a mistake of the portal: its log says more")


def _facts(request: Request) -> dict[str, object]:
    return {"request_id": request_id_of(request)}
