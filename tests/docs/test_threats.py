"""docs/security.md names for each threat the tests that hold what is against it: all are there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "security.md").read_text()
THREATS = PAGE[PAGE.index("## Threats") : PAGE.index("### What is not defended")]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in THREATS.splitlines()
    if line.startswith("| ") and not line.startswith("| boundary")
]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", THREATS)))


def test_each_threat_is_whole() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        boundary, threat, against, held = row
        assert boundary and against
        assert re.search(r"\([a-f](, [a-f])*\)$", threat), threat
        # Nothing but names of tests: what is held by nothing stands under "not defended".
        assert re.fullmatch(r"`[\w/]+\.py::test_\w+`(, `[\w/]+\.py::test_\w+`)*", held), held


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    path = REPOSITORY / "tests" / file
    assert path.is_file(), name
    module = ast.parse(path.read_text())
    found = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
    ]
    assert len(found) == 1, name
    marks = {ast.unparse(mark) for mark in found[0].decorator_list}
    # One that never runs holds nothing.
    assert not [mark for mark in marks if re.match(r"pytest\.mark\.(skip|xfail)(\(|$)", mark)]


@pytest.mark.parametrize("actor", "abcdef")
def test_each_actor_is_named_and_has_a_threat(actor: str) -> None:
    assert f"({actor})" in THREATS[THREATS.index("**Actors**") : THREATS.index("**Boundaries**")]
    assert [row for row in ROWS if actor in re.findall(r"[a-f]", row[1].rpartition("(")[2])]
