from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from demo.servers import prometheus_program

REPOSITORY = Path(__file__).resolve().parents[2]
PROMETHEUS = REPOSITORY / "prometheus"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run(
    program: Path, *arguments: str | Path, stdin: IO[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a checker; its whole output is on ``stdout``."""
    return subprocess.run(
        [program, *arguments],
        check=False,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )


@pytest.fixture(scope="session")
def promtool() -> Run:
    """Run Prometheus's own checker with some words."""
    program = prometheus_program("promtool")
    return lambda *arguments: run(program, *arguments)


@pytest.fixture(scope="session")
def newest_promtool() -> Run:
    """The same of the newest Prometheus; the test is skipped where that was not built."""
    built = sorted((REPOSITORY / ".tools" / "promtool").glob("promtool-*"))
    if not built:
        pytest.skip("no promtool of Prometheus 3 here: scripts/build-promtool builds it with Go")
    return lambda *arguments: run(built[-1], *arguments)


def alertmanager_program(name: str) -> Path:
    """A program of Alertmanager: the one on PATH, else Debian's, unpacked privately."""
    if found := shutil.which(name):
        return Path(found)
    package = "prometheus-alertmanager"
    unpacked = REPOSITORY / ".tools" / package / "usr" / "bin" / name
    if not unpacked.is_file():
        made = run(REPOSITORY / "scripts" / "unpack-debian-package", package)
        assert made.returncode == 0, made.stdout
    return unpacked


@pytest.fixture(scope="session")
def amtool() -> Run:
    """Run Alertmanager's own checker with some words."""
    program = alertmanager_program("amtool")
    return lambda *arguments: run(program, *arguments)


def alertmanager_words() -> list[str]:
    """The words that run Alertmanager itself.

    Debian's reads its own templates below /usr/share, where an unpacked package has none: so it
    sees them there, in a mount namespace of its own, and nothing is written to this machine.
    """
    program = alertmanager_program("prometheus-alertmanager")
    share = program.parents[1] / "share"
    if not program.is_relative_to(REPOSITORY):
        return [str(program)]
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    mount = f'mount -t overlay overlay -o "lowerdir={share}:/usr/share" /usr/share && exec "$@"'
    return ["unshare", "--mount", *rights, "sh", "-c", mount, "sh", str(program)]


@pytest.fixture(scope="session")
def alertmanager() -> list[str]:
    """The words that run Alertmanager itself."""
    return alertmanager_words()
