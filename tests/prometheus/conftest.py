from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.servers import prometheus_program

REPOSITORY = Path(__file__).resolve().parents[2]
PROMETHEUS = REPOSITORY / "prometheus"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run(program: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a checker; its whole output is on ``stdout``."""
    return subprocess.run(
        [program, *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def promtool() -> Run:
    """Run Prometheus's own checker with some words."""
    program = prometheus_program("promtool")
    return lambda *arguments: run(program, *arguments)


@pytest.fixture(scope="session")
def amtool() -> Run:
    """Run Alertmanager's own checker with some words: from PATH, else Debian's, unpacked."""
    if found := shutil.which("amtool"):
        return lambda *arguments: run(Path(found), *arguments)
    package = "prometheus-alertmanager"
    unpacked = REPOSITORY / ".tools" / package / "usr" / "bin" / "amtool"
    if not unpacked.is_file():
        made = run(REPOSITORY / "scripts" / "unpack-debian-package", package)
        assert made.returncode == 0, made.stdout
    return lambda *arguments: run(unpacked, *arguments)
