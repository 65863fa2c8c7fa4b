"""Tables of prices for people, on a terminal of 80 columns."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prices.book.rows import StoredPrice
from prices.commands.price_table import print_prices
from prices.price import Payment, Price, Purchase, Term

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AZURE = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/"
    "microsoft.compute/virtualmachines/web-1"
)
ONE = Price("aws", "eu-central-1", "m7i.large", Decimal("0.1197"), "USD", BEGIN, "list")
RESERVED = Price(
    "azure",
    "westeurope",
    "Standard_D2s_v5",
    Decimal("0.123456789012345"),
    "EUR",
    datetime(2026, 2, 1, 13, 30, tzinfo=UTC),
    "focus-csv: a-bill-with-a-long-name.csv.gz (EffectiveCost)",
    machine=AZURE,
    operating_system="windows",
    purchase=Purchase.RESERVED,
    term=Term(36, Payment.PARTIAL),
)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def printed(
    capsys: pytest.CaptureFixture[str], *prices: Price, wide: bool = False, **more: list[str]
) -> list[str]:
    print_prices([StoredPrice(price, BEGIN) for price in prices], more, wide=wide)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_what_all_have_in_common_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    spot = Price(**{**ONE.__dict__, "purchase": Purchase.SPOT, "amount": Decimal("0.04")})
    assert printed(capsys, ONE, spot, change=["", "-66.58%"]) == [
        "all: aws, eu-central-1, m7i.large, linux, shared, list",
        "",
        " bought         an hour    change   from (UTC)",
        " ─────────────────────────────────────────────",
        " on_demand   0.1197 USD             2026-01-01",
        " spot          0.04 USD   -66.58%   2026-01-01",
        "",
    ]


def test_what_differs_in_all_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, ONE, RESERVED)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 80
    assert "0.123456789012345 EUR" in text
    assert "2026-02-01 13:30" in text
    assert lines[-1] == "from 2 sources: --wide shows them"


def test_wide_has_all_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, ONE, RESERVED, wide=True)
    (line,) = (line for line in lines if "azure" in line)
    for word in (AZURE, RESERVED.source, "reserved 36 months partial_upfront", "windows"):
        assert word in line


def test_one_alone_has_a_line_for_each_thing(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, ONE) == [
        "provider        aws",
        "where           eu-central-1",
        "type            m7i.large",
        "system          linux",
        "tenancy         shared",
        "bought          on_demand",
        "source          list",
        "an hour         0.1197 USD",
        "from (UTC)      2026-01-01",
        "imported (UTC)  2026-01-01 00:00",
    ]


def test_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == ["no such prices"]


@given(st.lists(st.sampled_from([ONE, RESERVED]), max_size=4), st.booleans())
def test_any_prices_can_be_printed(prices: list[Price], wide: bool) -> None:
    print_prices([StoredPrice(price, BEGIN) for price in prices], wide=wide)
