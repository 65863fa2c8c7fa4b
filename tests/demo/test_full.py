"""The price book of the full demonstration says what the inventory says."""

from __future__ import annotations

import csv

from demo.full import PRICES
from perfanalysis.machines.inventory import read_inventory
from tests.conftest import REPOSITORY

_PURCHASES = {("on_demand", ""): "on_demand", ("reserved", "12"): "reserved_1y"}


def test_the_book_and_the_inventory_have_the_same_prices() -> None:
    with PRICES.open(encoding="utf-8") as stream:
        listed = {
            (row["instance_type"], _PURCHASES[row["purchase"], row["term_months"]]): row["amount"]
            for row in csv.DictReader(stream)
        }
    inventory = read_inventory(REPOSITORY / "demo" / "inventory.yaml")
    assert {key: float(amount) for key, amount in listed.items()} == {
        (machine.instance_type, purchase): price
        for machine in inventory.machines
        for purchase, price in machine.prices.items()
    }
