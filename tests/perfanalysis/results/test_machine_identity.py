"""Which results are of one machine: rows of results, and the machines they make."""

from __future__ import annotations

from typing import Any

import pytest

from perfanalysis.results import machine_identity
from perfanalysis.results.document import Document
from tests.loadtest.documents import result

A, B = "a" * 32, "b" * 32


def documents(*facts: dict[str, Any]) -> list[Document]:
    return [result(f"r{i}", machine=each) for i, each in enumerate(facts)]


def found(*facts: dict[str, Any]) -> dict[str, list[str]]:
    made = machine_identity.machines(documents(*facts))
    return {one.label: [d.test_id for d in one.documents] for one in made}


@pytest.mark.parametrize(
    ("facts", "machines"),
    [
        ([{"name": "w"}, {"name": "v"}, {"name": "w"}], {"w": ["r0", "r2"], "v": ["r1"]}),
        # Without a name it is the host's.
        ([{"hostname": "w"}, {"name": "w", "hostname": "x"}], {"w": ["r0", "r1"]}),
        # Machines of one name: told apart by their ids.
        (
            [{"name": "w", "machine_id": A}, {"name": "w", "machine_id": B}],
            {"w (aaaaaaaa)": ["r0"], "w (bbbbbbbb)": ["r1"]},
        ),
        # ... or by hardware that contradicts itself, which what is unknown does not.
        (
            [{"name": "w", "cpu_model": "x"}, {"name": "w", "cpu_model": "y"}, {"name": "v"}],
            {"w (#1)": ["r0"], "w (#2)": ["r1"], "v": ["r2"]},
        ),
        ([{"name": "w", "cpu_model": "x"}, {"name": "w"}], {"w": ["r0", "r1"]}),
        # An id says more than hardware: a machine may get another type.
        (
            [
                {"name": "w", "machine_id": A, "instance_type": "m"},
                {"name": "w", "machine_id": A, "instance_type": "l"},
            ],
            {"w": ["r0", "r1"]},
        ),
        # A result from before there were ids.
        ([{"name": "w"}, {"name": "w", "machine_id": A}], {"w": ["r0", "r1"]}),
        # It might be of either.
        (
            [{"name": "w"}, {"name": "w", "machine_id": A}, {"name": "w", "machine_id": B}],
            {"w (#1)": ["r0"], "w (aaaaaaaa)": ["r1"], "w (bbbbbbbb)": ["r2"]},
        ),
        # Clones of an image.
        (
            [{"name": "w", "machine_id": A}, {"name": "v", "machine_id": A}],
            {"w": ["r0"], "v": ["r1"]},
        ),
        ([{}, {}], {"unnamed": ["r0", "r1"]}),
    ],
)
def test_machines(facts: list[dict[str, Any]], machines: dict[str, list[str]]) -> None:
    assert found(*facts) == machines


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        ([{"name": "w"}, {"name": "v"}], [{"name": "v"}, {"name": "x"}], [("v", "v")]),
        # Renamed.
        ([{"name": "w", "machine_id": A}], [{"name": "v", "machine_id": A}], [("w", "v")]),
        # Another machine got the name.
        ([{"name": "w", "machine_id": A}], [{"name": "w", "machine_id": B}], []),
        # Ids came with a later program.
        ([{"name": "w"}], [{"name": "w", "machine_id": B}], [("w", "w")]),
        # Clones are paired by id and name.
        (
            [{"name": "w", "machine_id": A}, {"name": "v", "machine_id": A}],
            [{"name": "v", "machine_id": A}, {"name": "x", "machine_id": A}],
            [("v", "v")],
        ),
        # A name that two machines have names none.
        (
            [{"name": "w", "cpu_model": "x"}, {"name": "w", "cpu_model": "y"}],
            [{"name": "w", "cpu_model": "x"}],
            [],
        ),
        ([{}], [{}], []),
    ],
)
def test_pairs(
    first: list[dict[str, Any]], second: list[dict[str, Any]], pairs: list[tuple[str, str]]
) -> None:
    sides = [machine_identity.machines(documents(*facts)) for facts in (first, second)]
    made = machine_identity.pairs(sides[0], sides[1])
    assert [(one.name, other.name) for one, other in made] == pairs


def test_what_tells_its_machine() -> None:
    told = [machine_identity.told(d) for d in documents({}, {"name": "w"}, {"machine_id": A})]
    assert told == [False, True, True]
