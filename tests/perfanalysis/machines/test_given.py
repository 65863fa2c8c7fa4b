from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.machines.given import from_flags, from_inventory, one_price, price_of
from perfanalysis.machines.identity import UNKNOWN, Identity, Price

INVENTORY = """
machines:
  - name: web-1
    provider: aws
    region: eu-central-1
    instance_type: t3.large
    prices: {on_demand: 0.0960, spot: 0.03}
  - name: web-2
    prices: {spot: 0.05}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(INVENTORY)
    return path


def spelled(field: str) -> str:
    return f"--my.{field}"


def test_what_flags_say() -> None:
    texts = {"name": "web-1", "zone": "", "region": None, "instance_type": "m7i.large"}
    said = from_flags(texts, {"": 0.5}, spelled)
    assert said == Identity(name="web-1", instance_type="m7i.large", prices={"": 0.5})
    assert from_flags({}, {}, spelled) == UNKNOWN


def test_what_the_inventory_says(inventory: Path) -> None:
    assert from_inventory(inventory, "web-1", spelled) == Identity(
        name="web-1",
        provider="aws",
        region="eu-central-1",
        instance_type="t3.large",
        prices={"on_demand": 0.0960, "spot": 0.03},
    )
    assert from_inventory(None, "web-1", spelled) == UNKNOWN


@pytest.mark.parametrize(
    ("name", "purchase", "price", "counts"),
    [
        ("web-1", None, None, Price("on_demand", 0.0960)),
        ("web-1", "spot", None, Price("spot", 0.03)),
        ("web-2", None, None, None),
        ("web-1", None, 0.5, Price("", 0.5)),
        ("web-1", "spot", 0.5, Price("spot", 0.5)),
        ("web-2", "on_demand", 0.5, Price("on_demand", 0.5)),
    ],
)
def test_prices(
    inventory: Path, name: str, purchase: str | None, price: float | None, counts: Price | None
) -> None:
    held = from_inventory(inventory, name, spelled)
    flags = from_flags({}, one_price(price, purchase), spelled)
    assert price_of(flags, held, purchase, spelled) == counts


def test_a_price_by_flag_needs_no_inventory_to_be_of_an_option() -> None:
    flags = from_flags({}, one_price(0.5, "spot"), spelled)
    assert price_of(flags, UNKNOWN, "spot", spelled) == Price("spot", 0.5)


@pytest.mark.parametrize(
    ("texts", "price", "message"),
    [
        ({"name": "a\x1b[31m"}, None, "--my.name: expected a name of printable characters"),
        ({"zone": "a\nb"}, None, "--my.zone: expected text of printable characters"),
        ({}, 0.0, "--my.price: expected dollars per hour above 0"),
        ({}, float("nan"), "--my.price: expected dollars per hour above 0"),
        ({}, float("inf"), "--my.price: expected dollars per hour above 0"),
    ],
)
def test_flags_that_are_refused(texts: dict[str, str], price: float | None, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        from_flags(texts, one_price(price, None), spelled)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("web-9", "a machine named 'web-9' (has: web-1, web-2)"),
        ("", "--my.inventory: expected --my.name beside it, a machine's name in it"),
    ],
)
def test_inventories_that_are_refused(inventory: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        from_inventory(inventory, name, spelled)


def test_purchase_options_that_are_refused(inventory: Path) -> None:
    held = from_inventory(inventory, "web-2", spelled)
    message = "--my.purchase: expected one of the machine's prices (spot), found 'on_demand'"
    with pytest.raises(InputError, match=re.escape(message)):
        price_of(UNKNOWN, held, "on_demand", spelled)
    message = "--my.purchase: expected --my.inventory or --my.price beside it"
    with pytest.raises(InputError, match=re.escape(message)):
        price_of(UNKNOWN, UNKNOWN, "spot", spelled)
