from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.machines.inventory import (
    PURCHASE_OPTIONS,
    SshAccess,
    parse_inventory,
    read_inventory,
)

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


def test_how_a_machine_is_reached_stands_beside_it_or_at_the_top() -> None:
    text = b"""
    ssh: {user: bench, command: /opt/bin/perfanalysis}
    machines:
      - name: web-1
        ssh: {address: 10.0.0.7, port: 2222, identity_file: keys/bench, proxy_jump: bastion}
      - name: web-2
        ssh: {user: admin}
      - name: web-3
    """
    access = [machine.ssh for machine in parse_inventory(text, FILE).machines]
    command = "/opt/bin/perfanalysis"
    assert access == [
        SshAccess("10.0.0.7", "bench", 2222, "keys/bench", "bastion", command),
        SshAccess(user="admin", command=command),
        SshAccess(user="bench", command=command),
    ]


def test_finds_a_machine_by_its_name() -> None:
    inventory = parse_inventory(GOOD, FILE)
    assert inventory.machine("web-2") is inventory.machines[1]
    with pytest.raises(InputError, match=r"'web-9' \(has: web-1, web-2\)"):
        inventory.machine("web-9")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "inventory.yaml: expected a mapping with the key 'machines'"),
        (b"[1]", "inventory.yaml: expected a mapping with the key 'machines', found a list"),
        (b"machines: [", "inventory.yaml: line 1: expected valid YAML"),
        (b"\xff\xfe\xff", "inventory.yaml: expected valid YAML"),
        (b"machines: []", "inventory.yaml: machines: expected a list with at least one machine"),
        (b"machine: []", "inventory.yaml: machine: expected one of price_note, ssh, machines"),
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
            "inventory.yaml: machines[0].region: expected text, found a list",
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
            b"machines: [{name: a, prices: {on_demand: %s}}]" % (b"9" * 400),
            "inventory.yaml: machines[0].prices.on_demand: expected dollars per hour above 0",
        ),
        (
            rb'machines: [{name: "a\e[31m"}]',
            r"inventory.yaml: machines[0].name: expected a name of printable characters, found",
        ),
        (
            rb'machines: [{name: a, region: "x\r"}]',
            r"inventory.yaml: machines[0].region: expected text of printable characters",
        ),
        (
            b"machines: [{name: a, prices: {on_demand: true}}]",
            "inventory.yaml: machines[0].prices.on_demand: expected dollars per hour, found true",
        ),
        (
            b"machines: [{name: a, prices: {monthly: 9}}]",
            "inventory.yaml: machines[0].prices.monthly: expected one of on_demand",
        ),
        (
            b"machines: [{name: a, prices: 9}]",
            "inventory.yaml: machines[0].prices: expected a mapping of purchase option to price",
        ),
        (
            b"machines: [{name: a, ssh: [x]}]",
            "inventory.yaml: machines[0].ssh: expected a mapping with some of the keys address, us",
        ),
        (
            b"machines: [{name: a, ssh: {host: b}}]",
            "inventory.yaml: machines[0].ssh.host: expected one of address, user, port, identity_f",
        ),
        (
            b"machines: [{name: a, ssh: {address: -oProxyCommand=x}}]",
            "inventory.yaml: machines[0].ssh.address: expected one word that does not start with ",
        ),
        (
            b"machines: [{name: a, ssh: {user: a b}}]",
            "inventory.yaml: machines[0].ssh.user: expected one word",
        ),
        (
            b"machines: [{name: a, ssh: {port: 65536}}]",
            "inventory.yaml: machines[0].ssh.port: expected a port from 1 to 65535, found 65536",
        ),
        (
            b"machines: [{name: a, ssh: {port: true}}]",
            "inventory.yaml: machines[0].ssh.port: expected a port from 1 to 65535, found true",
        ),
        (
            b"machines: [{name: a, ssh: {command: 'a\n\n  b'}}]",
            "inventory.yaml: machines[0].ssh.command: expected text in one line",
        ),
        (
            b"ssh: {address: a}\nmachines: [{name: a}]",
            "inventory.yaml: ssh.address: expected one of user, port, identity_file",
        ),
        (b"price_note: 3\nmachines: [{name: a}]", "inventory.yaml: price_note: expected text"),
        (b"!!python/object/apply:os.getpid []", "inventory.yaml: line 1: expected valid YAML"),
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
        st.text(min_size=1, max_size=20).filter(str.isprintable),
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
