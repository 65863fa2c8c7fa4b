from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.inventory import PURCHASE_OPTIONS, parse_inventory, read_inventory

FILE = Path("inventory.yaml")

GOOD = b"""
price_note: Example prices.
machines:
  - name: web-1
    provider: aws
    region: eu-central-1
    zone: eu-central-1a
    instance_type: m7i.large
    cpus: 0-1
    prices: {on_demand: 0.1197, reserved_1y: 0.0791}
  - name: web-2
    cpus: 0
"""


def test_reads_what_the_file_says_and_leaves_the_rest_empty() -> None:
    inventory = parse_inventory(GOOD, FILE)
    assert inventory.price_note == "Example prices."
    first, second = inventory.machines
    assert (first.name, first.provider, first.region) == ("web-1", "aws", "eu-central-1")
    assert (first.zone, first.instance_type, first.cpus) == ("eu-central-1a", "m7i.large", "0-1")
    assert first.prices == {"on_demand": 0.1197, "reserved_1y": 0.0791}
    assert (second.name, second.provider, second.cpus) == ("web-2", "", "0")
    assert second.prices == {}


def test_finds_a_machine_by_its_name() -> None:
    inventory = parse_inventory(GOOD, FILE)
    assert inventory.machine("web-2") is inventory.machines[1]
    with pytest.raises(InputError, match=r"'web-9' \(has: web-1, web-2\)"):
        inventory.machine("web-9")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "inventory.yaml: expected a mapping with the key 'machines', found 'NoneType'"),
        (b"[1]", "inventory.yaml: expected a mapping with the key 'machines', found 'list'"),
        (b"machines: [", "inventory.yaml: expected valid YAML"),
        (b"\xff\xfe\xff", "inventory.yaml: expected valid YAML"),
        (b"machines: []", "inventory.yaml: machines: expected a list with at least one machine"),
        (b"machine: []", "inventory.yaml: machine: expected one of price_note, machines"),
        (b"machines: [{}]", "inventory.yaml: machines[0].name: expected a name"),
        (b"machines: [{name: 7}]", "inventory.yaml: machines[0].name: expected a name, found 7"),
        (b"machines: [5]", "inventory.yaml: machines[0]: expected a mapping with the key 'name'"),
        (
            b"machines: [{name: a}, {name: a}]",
            "inventory.yaml: machines[1].name: expected a unique name, found 'a'",
        ),
        (
            b"machines: [{name: a, colour: red}]",
            "inventory.yaml: machines[0].colour: expected one of name, provider",
        ),
        (
            b"machines: [{name: a, region: [x]}]",
            "inventory.yaml: machines[0].region: expected text, found ['x']",
        ),
        (
            b"machines: [{name: a, prices: {on_demand: 0}}]",
            "inventory.yaml: machines[0].prices.on_demand: expected dollars per hour above 0",
        ),
        (
            b"machines: [{name: a, prices: {on_demand: .nan}}]",
            "inventory.yaml: machines[0].prices.on_demand: expected dollars per hour above 0",
        ),
        (
            b"machines: [{name: a, prices: {on_demand: true}}]",
            "inventory.yaml: machines[0].prices.on_demand: expected dollars per hour, found True",
        ),
        (
            b"machines: [{name: a, prices: {monthly: 9}}]",
            "inventory.yaml: machines[0].prices.monthly: expected one of on_demand",
        ),
        (
            b"machines: [{name: a, prices: 9}]",
            "inventory.yaml: machines[0].prices: expected a mapping of purchase option to price",
        ),
        (b"price_note: 3\nmachines: [{name: a}]", "inventory.yaml: price_note: expected text"),
        (b"!!python/object/apply:os.getpid []", "inventory.yaml: expected valid YAML"),
    ],
)
def test_names_the_field_that_is_wrong(text: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_inventory(text, FILE)
    assert str(caught.value).startswith(message)
    assert caught.value.exit_status == 2


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: expected a readable inventory file \(No su"):
        read_inventory(tmp_path / "none.yaml")


@given(st.binary(max_size=300))
def test_any_bytes_give_an_inventory_or_an_input_error(text: bytes) -> None:
    try:
        assert parse_inventory(text, FILE).machines
    except InputError as error:
        assert str(error).startswith("inventory.yaml")


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20),
        st.dictionaries(
            st.sampled_from(PURCHASE_OPTIONS),
            st.floats(min_value=1e-6, max_value=1e6, allow_nan=False),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_reads_back_what_was_written(prices: dict[str, dict[str, float]]) -> None:
    root = {"machines": [{"name": name, "prices": entry} for name, entry in prices.items()]}
    inventory = parse_inventory(yaml.safe_dump(root).encode(), FILE)
    assert {machine.name: machine.prices for machine in inventory.machines} == prices
