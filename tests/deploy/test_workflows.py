"""GitHub's workflows: checked by actionlint and zizmor, and what they run is what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")


def document(path: Path) -> dict[Any, Any]:
    found = load_fast(path.read_text())
    assert isinstance(found, dict)
    return found


def commands(path: Path) -> list[str]:
    return [
        step["run"]
        for job in document(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]


def test_there_are_those_that_the_page_names() -> None:
    page = (REPOSITORY / "docs" / "releasing.md").read_text()
    assert set(re.findall(r"^\| `(\w+)\.yml`", page, re.MULTILINE)) == {
        path.stem for path in WORKFLOWS
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_others_made_is_pinned_by_commit(path: Path) -> None:
    uses = re.findall(r"uses: .*", path.read_text())
    assert uses
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_may_only_read_where_nothing_else_is_said(path: Path) -> None:
    whole = document(path)
    assert whole["permissions"] == {"contents": "read"}
    for name, job in whole["jobs"].items():
        assert job["timeout-minutes"] > 0, name
        writes = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert not writes or path.stem in {"images", "release"}, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_is_run_is_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    for command in commands(path):
        assert set(re.findall(r"\bmake ([a-z-]+)", command)) <= targets
        for script in re.findall(r"\bscripts/[\w.-]+", command):
            assert (REPOSITORY / script).is_file(), script


def test_actionlint_finds_nothing_wrong() -> None:
    built = sorted((REPOSITORY / ".tools" / "actionlint").glob("actionlint-*"))
    if not built:
        pytest.skip("no actionlint here: scripts/build-actionlint builds it with Go")
    checked = subprocess.run([built[-1], *WORKFLOWS], capture_output=True, text=True, check=False)
    assert (checked.stdout, checked.returncode) == ("", 0)


def test_zizmor_finds_nothing_wrong() -> None:
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    assert program is not None
    checked = subprocess.run(
        [program, "--offline", "--no-progress", ".github"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["v0.2.0"], 0, "The first version that is numbered"),
        (["v9.9.9"], 1, "expected a section '## 9.9.9'"),
        (["9.9.9"], 2, "usage: release_notes.py"),
        ([], 2, "usage: release_notes.py"),
    ],
)
def test_a_release_has_the_changelogs_words(words: list[str], status: int, said: str) -> None:
    asked = [sys.executable, str(REPOSITORY / "scripts" / "release_notes.py"), *words]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout + done.stderr) == (status, True)
