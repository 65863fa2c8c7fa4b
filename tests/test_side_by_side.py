"""What is to have the machine to itself has it, and nobody waits forever."""

from __future__ import annotations

import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.side_by_side import ALONE, LONG, TESTS, TURNS, group_of, is_alone, rank_of

HOLDING = """
import os, sys
from pathlib import Path
os.environ["PYTEST_XDIST_WORKER"] = "gw0"
from tests.side_by_side import place_for
with place_for(*map(Path, sys.argv[1:])):
    print("in", flush=True)
    sys.stdin.read()
"""
BESIDE, DRIVING = TESTS / "docs" / "test_pages.py", TESTS / "e2e" / "test_demo.py"


@pytest.mark.parametrize(
    ("file", "group"),
    [
        ("exporter/test_app.py", "exporter/test_app.py"),
        ("exporter/collectors/custom/test_https.py", "exporter/collectors/custom/test_https.py"),
        ("e2e/test_demo.py", "alone"),
        ("loadtest/outputs/test_run.py", "turns"),
        ("test_strict_builds.py", "test_strict_builds.py"),
    ],
)
def test_groups(file: str, group: str) -> None:
    assert group_of(TESTS / file) == group


def test_what_is_alone_comes_last_and_what_is_long_first() -> None:
    groups = ["alone", "docs/test_pages.py", *reversed(LONG), "exporter/test_app.py"]
    assert sorted(groups, key=rank_of) == [*LONG, *groups[1:2], *groups[-1:], "alone"]


def test_what_is_named_is_there() -> None:
    named = {*ALONE, *TURNS, *LONG} - {"turns"}
    assert [file for file in named if not (TESTS / file).is_file()] == []
    assert not ALONE & TURNS
    assert (is_alone(DRIVING), is_alone(BESIDE)) == (True, False)


class Holder:
    """A process that asks for a place for a test of a file, and holds it until it is let go."""

    def __init__(self, path: Path, folder: Path) -> None:
        words = [sys.executable, "-c", HOLDING, path, folder / "door", folder / "room"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=TESTS.parent, stdin=pipe, stdout=pipe)

    def is_in(self, seconds: float) -> bool:
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def let_go(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0


def test_one_that_waits_to_be_alone_lets_nobody_in_behind_it(tmp_path: Path) -> None:
    for name in ("door", "room"):
        (tmp_path / name).touch()
    first, second = Holder(BESIDE, tmp_path), Holder(BESIDE, tmp_path)
    assert first.is_in(60)
    assert second.is_in(60)
    driving = Holder(DRIVING, tmp_path)
    assert not driving.is_in(0.5)
    behind = Holder(BESIDE, tmp_path)
    first.let_go()
    assert not driving.is_in(0.5)
    second.let_go()
    assert driving.is_in(60)
    assert not behind.is_in(0.5)
    driving.let_go()
    assert behind.is_in(60)
    behind.let_go()
