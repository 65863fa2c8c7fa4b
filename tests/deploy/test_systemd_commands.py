"""The systemd commands of docs/deployment.md, in a root folder of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "deployment.md").read_text().replace("\\\n", " ")
LINES = [
    command.partition("#")[0].strip()
    for line in PAGE.splitlines()
    for command in line.split(" && ")
]

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("systemctl", "systemd-sysusers", "bash"))),
    reason="no systemctl or no systemd-sysusers on PATH",
)


def commands(start: str) -> list[str]:
    """The page's commands that start with a word, in its order."""
    found = [command for command in LINES if command.startswith(f"{start} ") or command == start]
    assert found, start
    return found


def run(root: Path, command: str) -> None:
    """Run a command of the page on a root folder."""
    for program in ("systemctl", "systemd-sysusers"):
        command = re.sub(rf"^{program}\b", f"{program} --root={root}", command)
    # Nothing runs in there that could be started or stopped.
    command = command.replace(" --now", "")
    command = re.sub(r"(?<=\s)/(etc|opt|var)/", rf"{root}/\1/", command)
    outside = [w for w in command.split() if w.startswith("/") and not w.startswith(f"{root}/")]
    assert outside == []
    done = subprocess.run(
        ["bash", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"


def links(root: Path) -> set[str]:
    units = root / "etc" / "systemd" / "system"
    return {f"{path.parent.name}/{path.name}" for path in units.glob("*.wants/*")}


def test_install_enables_uninstall_leaves_nothing(tmp_path: Path) -> None:
    for folder in ("etc/systemd/system", "etc/sysusers.d", "etc/default", "opt", "var/lib"):
        (tmp_path / folder).mkdir(parents=True)
    for command in commands("cp"):
        run(tmp_path, command)
    run(tmp_path, *commands("systemd-sysusers"))
    accounts = (tmp_path / "etc" / "passwd").read_text()
    assert re.search(r"^perfanalysis:x:\d+:\d+:PerfAnalysis:/var/lib/perfanalysis:", accounts)
    for command in commands("systemctl enable"):
        run(tmp_path, command)
    assert links(tmp_path) == {
        "sockets.target.wants/perfanalysis-exporter.socket",
        "multi-user.target.wants/perfanalysis-exporter.service",
        "timers.target.wants/perfanalysis-loadtest.timer",
        "timers.target.wants/perfanalysis-report.timer",
        "timers.target.wants/perfanalysis-backup.timer",
    }
    for command in (*commands("systemctl disable"), *commands("rm -f")):
        run(tmp_path, command)
    assert links(tmp_path) == set()
    left = [path for path in tmp_path.rglob("perfanalysis*") if path.is_file()]
    assert left == []


def test_every_unit_is_installed_by_a_command(tmp_path: Path) -> None:
    (tmp_path / "etc" / "systemd" / "system").mkdir(parents=True)
    (tmp_path / "etc" / "sysusers.d").mkdir()
    for command in commands("cp"):
        run(tmp_path, command)
    installed = {path.name for path in (tmp_path / "etc" / "systemd" / "system").iterdir()}
    units = {path.name for path in (REPOSITORY / "deploy" / "systemd").iterdir()}
    assert installed == units - {"perfanalysis.sysusers"}
