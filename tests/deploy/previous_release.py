"""The release before this code: which it is, and its files, from git."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from perfanalysis import __version__
from tests.conftest import REPOSITORY
from tests.deploy.bare import archived_source

# Another commit than the last release's, to try an upgrade from there.
VARIABLE = "PERFANALYSIS_UPGRADE_FROM"
_SECTION = re.compile(r"^## (?:(Unreleased)|(\d+\.\d+\.\d+) )", re.MULTILINE)


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def previous_version(changelog: str, version: str = __version__) -> str:
    """The newest version whose release is behind us.

    That of the code is behind us as soon as the changelog has something newer.
    """
    sections = [number or "" for _, number in _SECTION.findall(changelog)]
    released = [number for number in sections if number]
    return released[0] if sections[0] == "" or released[0] != version else released[1]


def commit_of(version: str) -> str:
    """Its tag's, or the commit that gave the code this number; "": the history is not here."""
    if _git("rev-parse", "--is-shallow-repository") != "false":
        return ""
    tagged = _git("rev-parse", "--verify", "--quiet", f"v{version}^{{commit}}")
    numbered = f'__version__ = "{version}"'
    words = ["log", "--reverse", "--format=%H", f"-S{numbered}", "--", "perfanalysis/__init__.py"]
    return tagged or _git(*words).partition("\n")[0]


def unpacked(folder: Path) -> Path:
    """The files of the release before; the test is skipped where they are not to be had."""
    version = previous_version((REPOSITORY / "CHANGELOG.md").read_text())
    commit = os.environ.get(VARIABLE) or commit_of(version)
    if not commit:
        pytest.skip(f"the release {version} is not in this clone's history (git fetch --unshallow)")
    return archived_source(commit, folder)
