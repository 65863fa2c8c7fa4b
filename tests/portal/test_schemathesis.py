"""What schemathesis makes of the OpenAPI: no 5xx, and no answer that it does not name.

The examples are few and always the same; `make test-long` has more of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.api.outside import Outside
from portal.live.hub import LiveHub
from portal.pricing.shelf import PriceShelf
from portal.records.base import EPOCH
from portal.serving.application import endpoints
from portal.serving.body_limits import BodyLimits
from portal.serving.portal_metrics import PortalMetrics
from prices.book.opening import opened
from prices.book.writing import write
from prices.price import Price
from tests.portal.conftest import Database
from tests.portal.serving import portal

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
# They end what the others need.
LEFT_OUT = {"keys_revoke", "keys_rotate", "tenants_delete", "tenants_suspend"}


@dataclass
class Switch:
    """One application for schemathesis, which is in turn the portal of each database."""

    now: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.now(scope, receive, send)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """A price book for who asks for prices."""
    price = Price("aws", "", "m7i.large", Decimal("0.1"), "USD", EPOCH, "aws-offer index.json")
    with opened(tmp_path / "prices.sqlite", make=True) as connection:
        write(connection, [price], EPOCH)
    return Outside(PriceShelf(tmp_path / "prices.sqlite"))


def served(engine: Engine, outside: Outside) -> tuple[ASGIApp, dict[str, str]]:
    """A portal on a database, and the header of its operator's first key."""
    tenant = portal(engine, "one", is_operator=True)
    tenant.hand_in()
    # Agents that ask for work are not kept waiting.
    stopping = threading.Event()
    stopping.set()
    hub = LiveHub(engine, stopping=stopping)
    app = endpoints(engine, PortalMetrics(engine), hub, outside=outside)
    app.add_middleware(BodyLimits)
    return app, {"Authorization": f"Bearer {tenant.key}"}


def test_no_5xx(
    databases: list[Database], open_database: Callable[[str], Engine], outside: Outside
) -> None:
    """What is tried is made up once, which takes longer than to try it, for all databases."""
    portals = [served(open_database(database.url), outside) for database in databases]
    switch = Switch(portals[0][0])
    schema = schemathesis.openapi.from_asgi("/openapi.json", switch)
    tried = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] in LEFT_OUT:
            continue
        tried.append(operation.label)

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @_given(operation)  # type: ignore[untyped-decorator]
        def attempt(case: Any) -> None:
            for app, headers in portals:
                switch.now = app
                answer = case.call(headers=headers)
                case.validate_response(answer, checks=CHECKS)

        attempt()
    assert len(tried) > 25


def _given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.as_strategy())
