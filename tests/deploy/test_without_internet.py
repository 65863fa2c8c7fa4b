"""The steps of docs/deployment.md for machines that reach no package index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the network away"),
]


def stated(command: str) -> list[str]:
    """The words of a command as the page has it."""
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    (found,) = re.findall(rf"`(pip {command} [^`]*)`", page)
    return [word.strip("'") for word in found.split()[1:]]


def test_wheels_that_were_made_elsewhere_install_without_a_network(tmp_path: Path) -> None:
    source = tmp_path / "source"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{REPOSITORY}", source], check=True
    )
    subprocess.run([sys.executable, "-m", "pip", "-q", *stated("wheel")], check=True, cwd=source)
    wheels = shutil.move(source / "wheels", tmp_path / "wheels")
    # There are no compiler and no network.
    there = tmp_path / "there"
    there.mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    subprocess.run([sys.executable, "-m", "venv", there / "venv"], check=True)
    (there / "wheels").symlink_to(wheels)
    pip = [there / "venv" / "bin" / "pip", "-q", *stated("install --no-index")]
    run = [there / "venv" / "bin" / "perfanalysis", "loadtest", "run", "--quick", "--force"]
    for command in (pip, [*run, "--quiet", "--wait=600", "--state-directory=state"]):
        done = subprocess.run(
            ["/usr/bin/unshare", "--net", *map(str, command)],
            cwd=there,
            env={"PATH": str(programs)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert list((there / "state" / "results").glob("*.json"))
