"""The pages of prices, and of what a machine cost: what they show, for whom, and lead to."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.api.outside import Outside
from portal.pricing.shelf import PriceShelf
from tests.portal.api.price_book import BEGIN, BILL, DAY, TYPE, fill
from tests.portal.machine_history import machine_with
from tests.portal.pages.browsing import Browser, browser
from tests.portal.serving import Tenant, portal

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def shelf(tmp_path: Path) -> Outside:
    fill(tmp_path / "prices.sqlite")
    return Outside(PriceShelf(tmp_path / "prices.sqlite"))


@pytest.fixture
def one(engine: Engine, shelf: Outside) -> Tenant:
    return portal(engine, "one", outside=shelf)


@pytest.fixture
def inside(engine: Engine, one: Tenant, shelf: Outside) -> Browser:
    found = browser(engine, outside=shelf)
    found.log_in(key=one.key)
    return found


def cells(page: str, label: str) -> list[str]:
    """The texts of a column."""
    found = re.findall(rf'data-label="{label}"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in found]


def links(page: str, begin: str) -> list[str]:
    return [unescape(one) for one in re.findall(rf'href="({re.escape(begin)}[^"]*)"', page)]


def test_the_list(engine: Engine, one: Tenant, inside: Browser) -> None:
    machine_with(engine, one, "web", {BEGIN: TYPE})
    machine_with(engine, one, "db", {BEGIN: {**TYPE, "region": "us-1"}})
    machine_with(engine, one, "old", {BEGIN: TYPE, BEGIN + DAY: {"state": "retired"}})
    now = inside.get("/prices")
    assert cells(now, "An hour") == ["0.1 USD", "0.04 USD", "0.12 EUR"]
    assert cells(now, "Region") == ["eu-1", "eu-1", "us-1"]
    assert cells(now, "Machines") == ["1", "1", "1"]
    (first, *_) = links(now, "/machines?")
    assert cells(inside.get(first), "Name") == ["web"]
    then = inside.get("/prices?at=2026-01-05T00:00&provider=aws&purchase=on_demand")
    assert cells(then, "An hour") == ["0.12 USD", "0.12 EUR"]
    assert len(cells(inside.get("/prices?all=yes"), "An hour")) == 4
    assert cells(inside.get("/prices?at=2025-12-31"), "An hour") == []
    assert "There are no such prices that held then." in inside.get("/prices?at=2025-12-31")
    # The bill is the operator's.
    assert BILL.source not in now
    assert cells(inside.get("/prices?source=focus-csv: bill.csv (effective)"), "An hour") == []
    text = inside.get("/prices/csv?all=yes&currency=USD")
    assert [line.split(",")[10] for line in text.splitlines()] == ["amount", "0.12", "0.1", "0.04"]


def test_fields_are_escaped_or_refused(inside: Browser) -> None:
    assert EVIL not in inside.get(f"/prices?provider={EVIL}")
    for wrong in ("at=yesterday", "at=1960-01-01", "region=%00", f"source={'x' * 300}", "cursor=x"):
        inside.get(f"/prices?{wrong}", 422)


def test_how_a_book_is_loaded(engine: Engine, one: Tenant, tmp_path: Path) -> None:
    empty, broken = tmp_path / "none", tmp_path / "broken"
    broken.write_bytes(b"no database" * 100)
    for path, status, said in (
        (empty, 200, "perfanalysis prices import prices.csv"),
        (broken, 503, "The price book cannot be read now"),
    ):
        visitor = browser(engine, outside=Outside(PriceShelf(path)))
        visitor.log_in(key=one.key)
        assert said.lower() in visitor.get("/prices", status).lower()
        # No file without a line where there may be a price.
        assert ("provider,region" in visitor.get("/prices/csv", status)) == (status == 200)
        machine = machine_with(engine, one, path.name, {BEGIN: TYPE})
        for page in (f"/machines/{machine}", f"/machines/{machine}/cost"):
            assert "price book" in visitor.get(page)


def test_the_price_of_a_machine_leads_there_and_back(
    engine: Engine, one: Tenant, inside: Browser
) -> None:
    web = machine_with(engine, one, "web", {BEGIN: TYPE})
    page = inside.get(f"/machines/{web}")
    (on_demand, spot) = links(page, "/prices?")
    assert cells(inside.get(on_demand), "An hour") == ["0.1 USD"]
    assert cells(inside.get(spot), "An hour") == ["0.04 USD"]
    (back,) = links(inside.get(on_demand), "/machines?")
    assert links(inside.get(back), "/machines/") == [f"/machines/{web}"]
    bare = machine_with(engine, one, "bare", {BEGIN: {"provider": "aws"}})
    assert "instance_type is not known" in inside.get(f"/machines/{bare}")


def test_the_page_says_by_which_price(engine: Engine, one: Tenant, inside: Browser) -> None:
    """How a machine was bought is told by nobody: what is taken for it stands on the page."""
    web = machine_with(engine, one, "web", {BEGIN: TYPE})
    asked = f"/machines/{web}/cost?from=2026-01-01&to=2026-01-01"
    for purchase, cost, said in (
        ("list", "2.88 USD", "list price on demand, which is more than a reserved or spot machine"),
        ("spot", "0.9600 USD", "the spot price. Another price can be chosen"),
    ):
        page = inside.get(f"{asked}&purchase={purchase}")
        assert cells(page, "Cost") == [cost]
        assert "does not know how this machine was bought" in page
        assert said in re.sub("</?strong>", "", page)
        (file,) = links(page, f"/api/v1/machines/{web}/cost?")
        (line,) = csv.DictReader(io.StringIO(inside.get(file)))
        assert line["purchase"] == {"list": "on_demand"}.get(purchase, purchase)


def test_the_cost_of_a_time(engine: Engine, one: Tenant, inside: Browser) -> None:
    changes = {BEGIN + DAY: TYPE, BEGIN + 2 * DAY: {"region": "us-1"}}
    web = machine_with(engine, one, "web", changes)
    asked = f"/machines/{web}/cost?from=2026-01-01&to=2026-01-03"
    page = inside.get(asked)
    assert cells(page, "Cost") == ["2.88 USD", "2.88 EUR"]
    assert cells(page, "Region then") == ["unknown", "eu-1", "us-1"]
    assert cells(page, "No price") == ["the inventory did not know the machine yet"]
    assert cells(page, "Length") == ["24 h", "24 h", "24 h"]
    (first, _) = links(page, "/prices?")
    assert cells(inside.get(first), "An hour") == ["0.12 USD"]
    assert cells(inside.get(f"{asked}&assume=yes"), "Cost") == ["5.76 USD", "2.88 EUR"]
    (file,) = links(page, f"/api/v1/machines/{web}/cost?")
    assert inside.get(file).count("\r\n") == 4
    assert cells(inside.get(f"/machines/{web}/cost?from=2026-01-02&to=2026-01-02"), "Cost") == [
        "2.88 USD"
    ]
    for wrong in ("from=2026-01-04", "from=x", "currency=E1R", "purchase=free", "tenancy=mine"):
        inside.get(f"/machines/{web}/cost?to=2026-01-03&{wrong}", 422)
    assert "a day that has begun" in inside.get(f"/machines/{web}/cost?from=2998-01-01", 422)
    # Whoever asks for nothing gets the last days, up to now.
    assert "None" not in inside.get(f"/machines/{web}/cost")
