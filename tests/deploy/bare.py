"""Bare environments: what is installed there is built, and nothing of the checkout is seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY

# What of the machine's and of pip's settings a build needs; nothing of Python's own (PYTHONPATH).
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def surroundings() -> dict[str, str]:
    """The variables of a process that knows nothing of the checkout."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(("PIP_", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"))
    }


@dataclass(frozen=True)
class BareEnvironment:
    """A virtual environment of this Python, into which wheels or an sdist are installed."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "perfanalysis"

    @classmethod
    def make(cls, folder: Path) -> BareEnvironment:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        return cls(folder)

    def install(self, *words: str | Path, constraints: Path | None = None) -> None:
        """By pip, with the versions that the tests run with, or those of another release."""
        pins = constraints or REPOSITORY / "constraints.txt"
        command = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = self._run([*command, f"--constraint={pins}", *words])
        assert done.returncode == 0, done.stderr[-3000:]

    def run(self, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """The command `perfanalysis` with these words, and further variables."""
        return self._run([self.program, *words], **more)

    def ok(self, *words: str | Path, **more: str) -> str:
        """What it prints; it must go well."""
        done = self.run(*words, **more)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr[-3000:]
        return done.stdout

    def say(self, code: str) -> str:
        """What a few lines of Python print there."""
        done = self._run([self.python, "-I", "-c", code])
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def _run(self, command: list[str | Path], **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env={**surroundings(), **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )


def copied_source(folder: Path) -> Path:
    """What git would commit, without what was built in the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        path = REPOSITORY / name
        if name and path.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, folder / name)
    return folder


def archived_source(commit: str, folder: Path) -> Path:
    """The files of a commit."""
    archive = folder.with_suffix(".tar")
    with archive.open("wb") as stream:
        subprocess.run(["git", "archive", commit], cwd=REPOSITORY, stdout=stream, check=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder
