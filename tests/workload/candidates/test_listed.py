"""The file of candidates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfanalysis.errors import InputError
from workload.candidates.listed import ListedCandidate, parse

FULL = b"""
types:
  - {source: aws-instance-types, file: types.json}
candidates:
  - name: web
    provider: aws
    region: eu-central-1
    instance_type: m7i.large
    architecture: x86_64
    purchase: spot
    currency: EUR
    results: [a.json, folder]
    machines: [web-1, web-2]
    cpus: 2
    memory_gib: 8
    price: 0.10
    disk_bytes_per_second: 1.5e8
    disk_operations_per_second: 3000
    network_bytes_per_second: 1e9
    cpu_baseline: 0.2
  - results: b.json
"""


def test_all_that_an_entry_may_say() -> None:
    found = parse(FULL, "c.yaml")
    assert found.types == (("aws-instance-types", "types.json"),)
    assert found.candidates == (
        ListedCandidate(
            "c.yaml: candidates[0]",
            name="web",
            provider="aws",
            region="eu-central-1",
            instance_type="m7i.large",
            architecture="x86_64",
            purchase="spot",
            currency="EUR",
            results=("a.json", "folder"),
            machines=("web-1", "web-2"),
            cpus=2,
            memory_bytes=float(8 << 30),
            price=Decimal("0.10"),
            disk_bytes_per_second=1.5e8,
            disk_operations_per_second=3000.0,
            network_bytes_per_second=1e9,
            cpu_baseline=0.2,
        ),
        ListedCandidate("c.yaml: candidates[1]", results=("b.json",)),
    )


ENTRY = "candidates: [{name: a, %s}]"
FAULTS = [
    ("a: b", "a: expected one of candidates, types"),
    ("[]", "expected a mapping"),
    ("candidates: []", "candidates: expected a list of candidates"),
    ("candidates: [a]", "candidates[0]: expected a mapping, found 'a'"),
    ("candidates: [{cpus: 2}]", "candidates[0]: expected a name, an instance_type or results"),
    (ENTRY % "colour: red", "candidates[0].colour: expected one of"),
    (ENTRY % "cpus: 1.5", "candidates[0].cpus: expected a whole number, found '1.5'"),
    (ENTRY % "cpus: 0", "candidates[0].cpus: expected a number above 0, found '0'"),
    (ENTRY % "memory_gib: many", "candidates[0].memory_gib: expected a number above 0"),
    (ENTRY % "memory_gib: nan", "candidates[0].memory_gib: expected a number above 0"),
    (ENTRY % "memory_gib: 1, memory_bytes: 1", "memory_gib or memory_bytes, not both"),
    (ENTRY % "price: -1", "candidates[0].price: expected an amount for an hour"),
    (ENTRY % "price: cheap", "candidates[0].price: expected an amount for an hour"),
    (ENTRY % "cpu_baseline: 20", "candidates[0].cpu_baseline: expected a share above 0, up to 1"),
    (ENTRY % "results: [1, {}]", "candidates[0].results[1]: expected a text"),
    ("candidates: [{name: a}]\ntypes: [{file: b}]", "types[0].source: expected a text"),
    ("candidates: [{name: a, name: b}]", "the key 'name' comes twice"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text.encode(), "c.yaml")
    assert str(caught.value).startswith("c.yaml")
    assert message in str(caught.value)
