"""Endpoints, limits, log and metrics, put together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.types import ASGIApp

from perfanalysis import __version__
from portal.access.oidc.provider import OidcProvider
from portal.api import (
    agents,
    alerts,
    audit,
    baselines,
    captures,
    comparison,
    discovery,
    health,
    history,
    jobs,
    keys,
    live,
    machine_costs,
    machine_imports,
    machines,
    notes,
    plans,
    predictions,
    prices,
    regressions,
    snippets,
    tenants,
    tests,
    thresholds,
)
from portal.api import push as push_api
from portal.api.outside import Outside
from portal.api.state import PortalState
from portal.live.hub import LiveHub, LiveLimits
from portal.old_clients import old_data, old_health, old_load_tests, old_runs, old_uploads
from portal.pages import every_page
from portal.pushing.queue import PushQueue
from portal.serving import faults
from portal.serving.body_limits import BODY_SECONDS, MOST_BYTES, BodyLimits
from portal.serving.openapi import complete
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
    jobs,
    agents,
    live,
    history,
    thresholds,
    regressions,
    predictions,
    plans,
    prices,
    machine_costs,
    keys,
    tenants,
    snippets,
    audit,
    push_api,
    alerts,
    health,
    captures,
    old_health,
    old_data,
    old_uploads,
    old_load_tests,
    old_runs,
)


def endpoints(  # noqa: PLR0913 - one for each thing that a portal is put together of
    engine: Engine,
    metrics: PortalMetrics,
    hub: LiveHub | None = None,
    push: PushQueue | None = None,
    outside: Outside | None = None,
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
    state = PortalState(
        engine,
        metrics,
        hub or LiveHub(engine),
        secure=secure,
        push=push,
        outside=outside or Outside(),
        oidc=oidc,
    )
    app.state.portal = state
    if state.group is not None:
        metrics.show_waiting_documents(state.group.count_waiting)
    for group in GROUPS:
        app.include_router(group.router)
    app.add_api_route("/metrics", _page_of(metrics), include_in_schema=False, methods=["GET"])
    every_page.install(app)
    faults.install(app, metrics)
    plain = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        return complete(plain(), [group.router for group in GROUPS])

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def application(  # noqa: PLR0913 - one for each thing that a server chooses
    engine: Engine,
    *,
    most_bytes: int = MOST_BYTES,
    body_seconds: float = BODY_SECONDS,
    live_limits: LiveLimits | None = None,
    stopping: threading.Event | None = None,
    secure: bool = False,
    metrics: PortalMetrics | None = None,
    push: PushQueue | None = None,
    outside: Outside | None = None,
    oidc: OidcProvider | None = None,
) -> ASGIApp:
    """The whole, for a server.

    Args:
        engine: of the portal's database, which has the schema of this program.
        most_bytes: of a body, unpacked.
        body_seconds: that a body may take.
        live_limits: of live connections.
        stopping: set when the server is asked to end.
        secure: whether browsers come by https: it alone takes their cookies along.
        metrics: where requests are counted; None: in some of its own.
        push: sends alerts to browsers; None: nothing does.
        outside: what it was given beside its database.
        oidc: the identity provider by which users log in; None: none.
    """
    metrics = metrics or PortalMetrics(engine)
    hub = LiveHub(engine, live_limits, stopping)
    metrics.show_live(hub.connections)
    app = endpoints(engine, metrics, hub, push, outside, secure=secure, oidc=oidc)
    app.add_middleware(BodyLimits, most_bytes=most_bytes, seconds=body_seconds)
    return RequestLog(app, metrics)


def _operation_id(route: APIRoute) -> str:
    group = route.tags[0] if route.tags else "portal"
    return f"{group}_{route.name}"


def _page_of(metrics: PortalMetrics) -> Callable[[], Response]:
    def page() -> Response:
        return Response(metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return page
