"""A public class has a name of its own among the rooms, that none is taken for another's."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ROOMS: list[str] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["root_packages"]
# In several rooms, and why that misleads nobody.
ALLOWED = {
    "Endurance": "what the load test reckons, and what its document keeps of that",
    "Level": "what the load test reckons, and what its document keeps of that",
    "Figure": "of a report; what load tests are compared by; what a benchmark measures",
    "Machine": "of which a result document tells; which a report shows",
    "Outcome": "of a gate or a campaign of load tests; of a benchmark",
    "Price": "which of a machine's counts; what the price book keeps",
    "Query": "PromQL, as Grafana and as a report ask it",
    "Row": "Grafana's word for a row of panels; rows of the load test's tables",
    "Settings": "of a load test; of a benchmark",
    "Term": "of the data-quality rules; of a commitment to pay",
}


def found_in(rooms: dict[str, Path]) -> dict[str, set[str]]:
    """The rooms of each public class, by its name."""
    found: dict[str, set[str]] = defaultdict(set)
    for room, folder in rooms.items():
        for path in folder.rglob("*.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].add(room)
    return found


@pytest.fixture(scope="module")
def classes() -> dict[str, set[str]]:
    return found_in({room: REPOSITORY / room for room in ROOMS})


def test_no_name_stands_in_two_rooms(classes: dict[str, set[str]]) -> None:
    several = {name: sorted(rooms) for name, rooms in classes.items() if len(rooms) > 1}
    assert {name: rooms for name, rooms in several.items() if name not in ALLOWED} == {}


def test_what_is_allowed_is_still_so(classes: dict[str, set[str]]) -> None:
    assert [name for name in ALLOWED if len(classes[name]) < 2] == []


def test_two_of_a_name_are_seen(tmp_path: Path) -> None:
    for room, text in (("one", "class A: ...\nclass _B: ..."), ("two", "class _B: ...")):
        (tmp_path / room).mkdir()
        (tmp_path / room / "file.py").write_text(text)
    rooms = {room: tmp_path / room for room in ("one", "two")}
    assert found_in(rooms) == {"A": {"one"}}
    (tmp_path / "two" / "other.py").write_text("class A: ...")
    assert found_in(rooms) == {"A": {"one", "two"}}
