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

from perfanalysis.cli import run


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


@pytest.fixture
def make_backups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Backups]:
    monkeypatch.setenv("RESTIC_CACHE_DIR", str(tmp_path / "cache"))
    if shutil.which("restic") is None:
        pytest.skip("no restic here: scripts/setup-tests brings Debian's")

    def make(*sources: dict[str, Any]) -> Backups:
        (tmp_path / "password").write_text("a key of the tests\n")
        return Backups(tmp_path, list(sources), capsys, tmp_path)

    return make
