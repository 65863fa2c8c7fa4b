"""Purchase options by machine, currencies, and labels: what can be said, and what is refused."""

from __future__ import annotations

import pytest

from perfanalysis.errors import InputError
from perfanalysis.machines.identity import PURCHASE_OPTIONS
from perfanalysis.promql import Sample
from reporter.asking.price_queries import HIGHEST_PRICE, LOWEST_PRICE, PRICE, PRICE_AT_TEST
from reporter.asking.prices import Pricing, pricing_of
from reporter.language import DOLLARS, Currency, Language
from reporter.settings.purchases import AS_STARTED, EFFECTIVE, OPTIONS, Purchases
from reporter.settings.report import parse_config
from reporter.settings.sources import SCHEMA, ReportSetting, read_text

RESERVED, ON_DEMAND, SPOT = "reserved_1y", "on_demand", "spot"


@pytest.mark.parametrize(
    ("purchases", "machine", "started", "expected"),
    [
        (Purchases(), "a", SPOT, ON_DEMAND),
        (Purchases(SPOT), "a", "", SPOT),
        (Purchases(AS_STARTED), "a", SPOT, SPOT),
        (Purchases(AS_STARTED), "a", "", ON_DEMAND),
        (Purchases(SPOT, (("web-*", RESERVED),)), "web-1", "", RESERVED),
        (Purchases(SPOT, (("web-*", RESERVED),)), "db-1", "", SPOT),
        (Purchases(SPOT, (("web-1", ON_DEMAND), ("web-*", RESERVED))), "web-1", "", ON_DEMAND),
        (Purchases(RESERVED, (("b?", AS_STARTED),)), "b1", SPOT, SPOT),
        (Purchases(RESERVED, (("b?", AS_STARTED),)), "b12", SPOT, RESERVED),
    ],
)
def test_the_option_of_a_machine(
    purchases: Purchases, machine: str, started: str, expected: str
) -> None:
    assert purchases.of(machine, started) == expected
    assert expected in purchases.options


def test_options_are_those_of_inventories() -> None:
    assert OPTIONS == PURCHASE_OPTIONS
    assert [*OPTIONS, EFFECTIVE, AS_STARTED] == SCHEMA["properties"]["purchase"]["enum"]


def sample(value: float, purchase: str, time: float = 1.0) -> Sample:
    return Sample({"instance": "a", "purchase": purchase}, time, value)


def test_a_price_is_that_of_its_option_and_within_its_bounds() -> None:
    own = {
        PRICE: [sample(0.2, ON_DEMAND), sample(0.05 + 1e-17, SPOT)],
        LOWEST_PRICE: [sample(0.2, ON_DEMAND), sample(0.01, SPOT)],
        HIGHEST_PRICE: [sample(0.2, ON_DEMAND), sample(0.05, SPOT)],
        PRICE_AT_TEST: [sample(0.03, SPOT)],
    }
    assert pricing_of(own, SPOT) == Pricing(SPOT, 0.05, 0.01, 0.05, 0.03)
    on_demand = pricing_of(own, ON_DEMAND)
    assert on_demand == Pricing(ON_DEMAND, 0.2, 0.2, 0.2)
    assert on_demand
    assert not on_demand.changed
    assert pricing_of(own, RESERVED) is None


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_price_is_unknown(value: float) -> None:
    assert pricing_of({PRICE: [sample(value, SPOT)]}, SPOT) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", DOLLARS),
        ("currency: {code: USD}", DOLLARS),
        (
            "currency: {code: EUR, rate: 0.92, date: 2026-11-02}",
            Currency("EUR", 0.92, "2026-11-02"),
        ),
        (
            "currency: {code: JPY, rate: 150, date: '2026-11-02'}",
            Currency("JPY", 150, "2026-11-02"),
        ),
    ],
)
def test_currencies(text: str, expected: Currency) -> None:
    assert parse_config(text.encode(), "f").currency == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("currency: {code: EUR}", "f: currency.rate: expected code, rate and date together"),
        ("currency: {rate: 2, date: 2026-11-02}", "f: currency.code: expected code, rate and date"),
        ("currency: {code: EUR, rate: 1}", "f: currency.date: expected code, rate and date"),
        ("currency: {code: EUR, rate: 0, date: 2026-11-02}", "f: currency.rate: expected a number"),
        (
            "currency: {code: EUR, rate: .nan, date: 2026-11-02}",
            "f: currency.rate: expected a numb",
        ),
        ("currency: {code: EUR, rate: 1, date: '2026-13-02'}", "f: currency.date: expected a day"),
        ("currency: {code: XYZ, rate: 1, date: 2026-11-02}", "f: currency.code: expected a curren"),
        ("currency: {code: eur, rate: 1, date: 2026-11-02}", "f: currency.code: expected a curren"),
        ("currency: {code: USD, rate: 2, date: 2026-11-02}", "f: currency.rate: expected 1"),
        ("purchases: {web-1: cheap}", "f: purchases.web-1: expected one of on_demand"),
        ("labels: {'a-b': x}", "f: labels: expected a label's name such as team"),
        ("labels: {team: 1}", "f: labels.team: expected a label's value as text"),
        ("group_by: a b", "f: group_by: expected the name of a label"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(text.encode(), "f")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("team=web", {"team": "web"}),
        ("team=a:b=c", {"team": "a:b=c"}),
        ("team: web\nzone = x", {"team": "web", "zone": "x"}),
        ("team=", {"team": ""}),
    ],
)
def test_labels_behind_a_flag(text: str, expected: dict[str, str]) -> None:
    setting = ReportSetting(("labels",), SCHEMA["properties"]["labels"])
    assert read_text(setting, text, "command line", "--labels") == expected


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("USD", "$0.0400", "0,0400 $"),
        ("EUR", "€0.0400", "0,0400 €"),
        ("CHF", "CHF 0.0400", "0,0400 CHF"),
    ],
)
def test_amounts(code: str, english: str, german: str) -> None:
    currency = Currency(code, 0.8, "2026-11-02")
    assert Language("en", currency).dollars(0.05) == english
    assert Language("de", currency).dollars(0.05) == german
