"""Two tenants on one database, one of them the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.api.outside import Outside
from portal.pricing.shelf import PriceShelf
from portal.pushing import vapid_key
from portal.pushing.addresses import AddressRules
from portal.pushing.posting import Poster
from portal.pushing.queue import PushQueue
from portal.pushing.vapid_key import VapidKey
from prices.currencies import read_rates
from tests.portal.api.price_book import BILL, fill
from tests.portal.serving import Tenant, portal


@pytest.fixture(scope="session")
def push_key(tmp_path_factory: pytest.TempPathFactory) -> VapidKey:
    file = tmp_path_factory.mktemp("push") / "key.pem"
    vapid_key.make(file)
    return VapidKey(file, "mailto:ops@example.org")


@pytest.fixture
def push(engine: Engine, push_key: VapidKey) -> PushQueue:
    """One that keeps what it is given, and sends nothing."""
    return PushQueue(engine, Poster(push_key, AddressRules()), list[str]().append, most=3)


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one", is_operator=True)


@pytest.fixture
def other(engine: Engine, tenant: Tenant) -> Tenant:
    del tenant
    return portal(engine, "other")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "prices.sqlite"
    fill(path)
    return path


@pytest.fixture
def tenants(engine: Engine, book: Path, tmp_path: Path) -> tuple[Tenant, Tenant, Tenant]:
    """The operator's, one that was given the bill, and one with nothing of its own."""
    (tmp_path / "rates.csv").write_text(
        "date,from,to,rate\n2026-01-01,USD,EUR,0.9\n2026-01-11,USD,EUR,0.8\n"
    )
    given = {"given": {BILL.source}}
    shelf = PriceShelf(book, given, read_rates(tmp_path / "rates.csv"))
    outside = Outside(shelf)
    first = portal(engine, "ops", is_operator=True, outside=outside)
    second, third = (portal(engine, name, outside=outside) for name in ("given", "stranger"))
    return first, second, third
