"""A repository of restic in a temporary folder, and the commands over it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.backup.restic import Repository
from perfanalysis.cli import run
from tests.operations.backup.quick_keys import make_quick

PASSWORD = "a key of the tests"


@dataclass
class Backups:
    """Settings in a file, and the commands."""

    folder: Path
    sources: list[dict[str, Any]]
    capsys: pytest.CaptureFixture[str]
    scratch: Path
    place: str = ""

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def textfile(self) -> Path:
        return self.folder / "backup.prom"

    def run(self, command: str, *words: str) -> int:
        settings = {
            "repository": self.place or str(self.repository),
            "password_file": str(self.folder / "password"),
            "textfile": str(self.textfile),
            "keep": {"last": 1, "daily": 1, "weekly": 1, "monthly": 1},
            "sources": self.sources,
        }
        path = self.folder / "backup.yaml"
        path.write_text(yaml.safe_dump(settings))
        scratch = [f"--scratch={self.scratch}"] if command in {"create", "verify"} else []
        return run(["backup", command, f"--settings={path}", *scratch, *words])

    def create(self) -> str:
        assert self.run("create") == 0, self.capsys.readouterr().err
        return self.capsys.readouterr().out.strip()

    def verify(self, status: int = 0, *words: str) -> dict[str, dict[str, Any]]:
        found = self.run("verify", "--json", *words)
        said = self.capsys.readouterr().out
        assert found == status, said
        document = json.loads(said)
        return {part["source"]: part for part in document["parts"]}


@pytest.fixture(scope="session")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository without a backup, whose key opens at once; to be copied."""
    if shutil.which("restic") is None:
        pytest.skip("no restic here: scripts/setup-tests brings Debian's")
    folder = tmp_path_factory.mktemp("repository")
    (folder / "password").write_text(f"{PASSWORD}\n")
    Repository(str(folder / "empty"), folder / "password").make()
    make_quick(folder / "empty", PASSWORD)
    return folder / "empty"


@pytest.fixture
def make_backups(
    tmp_path: Path,
    empty_repository: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Backups]:
    monkeypatch.setenv("RESTIC_CACHE_DIR", str(tmp_path / "cache"))

    def make(*sources: dict[str, Any], is_new: bool = False) -> Backups:
        """``is_new``: there is no repository yet, so that restic makes one and its key."""
        (tmp_path / "password").write_text(f"{PASSWORD}\n")
        found = Backups(tmp_path, list(sources), capsys, tmp_path)
        if not is_new:
            shutil.copytree(empty_repository, found.repository)
        return found

    return make
