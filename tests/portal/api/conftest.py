"""Two tenants on one database, one of them the operator's."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from portal.pushing import vapid_key
from portal.pushing.addresses import AddressRules
from portal.pushing.posting import Poster
from portal.pushing.queue import PushQueue
from portal.pushing.vapid_key import VapidKey
from tests.portal.serving import Tenant, portal


@pytest.fixture(scope="session")
def push_key(tmp_path_factory: pytest.TempPathFactory) -> VapidKey:
    file = tmp_path_factory.mktemp("push") / "key.pem"
    vapid_key.make(file)
    return VapidKey(file, "mailto:ops@example.org")


@pytest.fixture
def push(engine: Engine, push_key: VapidKey) -> PushQueue:
    """One that keeps what it is given, and sends nothing."""
    return PushQueue(engine, Poster(push_key, AddressRules()), [].append, most=3)


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one", is_operator=True)


@pytest.fixture
def other(engine: Engine, tenant: Tenant) -> Tenant:
    del tenant
    return portal(engine, "other")
