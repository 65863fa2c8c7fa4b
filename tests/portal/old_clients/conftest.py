"""Two tenants on one database, one of them the operator's."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.portal.serving import Tenant, portal


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one", is_operator=True)


@pytest.fixture
def other(engine: Engine, tenant: Tenant) -> Tenant:
    del tenant
    return portal(engine, "other")
