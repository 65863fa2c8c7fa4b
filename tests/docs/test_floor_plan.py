"""docs/architecture.md says who may import whom, and import-linter's contracts hold just that."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from tests.conftest import REPOSITORY

CONTRACTS: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"][
    "importlinter"
]
GROUND = "perfanalysis"
ROW = re.compile(r"^\| `([a-z_]+)/` \| .* \| ([^|]*) \|$", re.MULTILINE)
TABLE = dict(ROW.findall((REPOSITORY / "docs" / "architecture.md").read_text().split("## How")[0]))
# What runs a checkout's own code, and is no part of the product, imports what it likes.
FREE = "any"


def packages() -> set[str]:
    """The repository's packages of Python that can be imported, but for the tests."""
    found = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    found |= {path.parent.parent.name for path in REPOSITORY.glob("*/*/__init__.py")}
    return {name for name in found if not name.startswith(".") and name != "tests"}


def allowed(room: str) -> set[str]:
    """The rooms of which a room's line names at least a part, beside the ground."""
    return set(re.findall(r"`([a-z_]+)[a-z_.]*`", TABLE[room]))


def forbidden(room: str) -> set[str]:
    """The rooms that contracts keep a room from."""
    return {
        module
        for contract in CONTRACTS["contracts"]
        if contract["type"] == "forbidden" and contract["source_modules"] == [room]
        for module in contract["forbidden_modules"]
        if "." not in module
    }


def test_every_package_is_a_room_that_the_linter_knows() -> None:
    assert packages() - {"helm", "deploy"} == set(CONTRACTS["root_packages"])
    assert packages() - {"helm", "deploy"} <= set(TABLE)


@pytest.mark.parametrize(
    "room", sorted(r for r in CONTRACTS["root_packages"] if TABLE[r] != FREE and r != GROUND)
)
def test_a_rooms_contract_forbids_all_that_its_line_does_not_name(room: str) -> None:
    others = set(CONTRACTS["root_packages"]) - {room, GROUND}
    assert forbidden(room) >= others - allowed(room) - NEVER_IMPORTED
    assert not forbidden(room) & allowed(room)


# One contract of its own keeps everything from these.
NEVER_IMPORTED = {
    module
    for contract in CONTRACTS["contracts"]
    if len(contract.get("source_modules", ())) > 5
    for module in contract["forbidden_modules"]
}


def test_the_ground_names_no_room() -> None:
    others = set(CONTRACTS["root_packages"]) - {GROUND}
    assert forbidden(GROUND) >= others - NEVER_IMPORTED
