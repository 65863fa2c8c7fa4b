"""Endpoints, limits, log and metrics, put together."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.types import ASGIApp

from perfanalysis import __version__
from portal.access.oidc.provider import OidcProvider
from portal.api import (
    audit,
    baselines,
    comparison,
    discovery,
    health,
    keys,
    machine_imports,
    machines,
    notes,
    tenants,
    tests,
)
from portal.api.forms import Problem
from portal.api.state import PortalState
from portal.pages import every_page
from portal.serving import faults
from portal.serving.body_limits import BODY_SECONDS, MOST_BYTES, BodyLimits
from portal.serving.portal_metrics import PortalMetrics
from portal.serving.request_log import RequestLog

GROUPS = (
    machines,
    machine_imports,
    discovery,
    tests,
    notes,
    baselines,
    comparison,
    keys,
    tenants,
    audit,
    health,
)


def endpoints(
    engine: Engine,
    metrics: PortalMetrics,
    *,
    secure: bool = False,
    oidc: OidcProvider | None = None,
) -> FastAPI:
    """The endpoints with their OpenAPI and the pages, and without what stands around them."""
    app = FastAPI(
        title="PerfAnalysis portal",
        version=__version__,
        summary="Machines, load tests, tenants and keys.",
        # The pages of these load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    app.state.portal = PortalState(engine, metrics, secure=secure, oidc=oidc)
    for group in GROUPS:
        app.include_router(group.router)
    app.add_api_route("/metrics", _page_of(metrics), include_in_schema=False, methods=["GET"])
    every_page.install(app)
    faults.install(app)
    plain = app.openapi

    def openapi() -> dict[str, object]:
        schema = plain()
        # It stands in the answers of all, and is the form of none of their own.
        schema["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def application(
    engine: Engine,
    *,
    most_bytes: int = MOST_BYTES,
    body_seconds: float = BODY_SECONDS,
    secure: bool = False,
    oidc: OidcProvider | None = None,
) -> ASGIApp:
    """The whole, for a server.

    Args:
        engine: of the portal's database, which has the schema of this program.
        most_bytes: of a body, unpacked.
        body_seconds: that a body may take.
        secure: whether browsers come by https: it alone takes their cookies along.
        oidc: the identity provider by which users log in; None: none.
    """
    metrics = PortalMetrics(engine)
    app = endpoints(engine, metrics, secure=secure, oidc=oidc)
    app.add_middleware(BodyLimits, most_bytes=most_bytes, seconds=body_seconds)
    return RequestLog(app, metrics)


def _operation_id(route: APIRoute) -> str:
    group = route.tags[0] if route.tags else "portal"
    return f"{group}_{route.name}"


def _page_of(metrics: PortalMetrics) -> Callable[[], Response]:
    def page() -> Response:
        return Response(metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return page
