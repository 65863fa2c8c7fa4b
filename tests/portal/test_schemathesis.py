"""What schemathesis makes of the OpenAPI: no 5xx, and no answer that it does not name.

The examples are few and always the same; `make test-long` has more of them.
"""

from __future__ import annotations

import threading
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
from tests.portal.serving import Tenant, portal

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
# They end what the others need.
LEFT_OUT = {"keys_revoke", "keys_rotate", "tenants_delete", "tenants_suspend"}


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    found = portal(engine, "one", is_operator=True)
    found.hand_in()
    return found


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """A price book for who asks for prices."""
    price = Price("aws", "", "m7i.large", Decimal("0.1"), "USD", EPOCH, "aws-offer index.json")
    with opened(tmp_path / "prices.sqlite", make=True) as connection:
        write(connection, [price], EPOCH)
    return Outside(PriceShelf(tmp_path / "prices.sqlite"))


def schema_of(engine: Engine, outside: Outside) -> Any:
    # Agents that ask for work are not kept waiting.
    stopping = threading.Event()
    stopping.set()
    hub = LiveHub(engine, stopping=stopping)
    app = endpoints(engine, PortalMetrics(engine), hub, outside=outside)
    app.add_middleware(BodyLimits)
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_no_5xx(engine: Engine, tenant: Tenant, outside: Outside) -> None:
    schema = schema_of(engine, outside)
    headers = {"Authorization": f"Bearer {tenant.key}"}
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
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)

        attempt()
    assert len(tried) > 25


def _given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.as_strategy())
