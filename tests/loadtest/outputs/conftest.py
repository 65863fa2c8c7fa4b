"""A receiver, and a short run of the real command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.perfanalysis.delivery.conftest import receiver, small_disk

__all__ = ["receiver", "small_disk"]

LOADTEST = [sys.executable, "-m", "perfanalysis", "loadtest"]
# Other work may go on beside the tests, also other load tests.
BESIDE_OTHERS = ["--force", "--wait", "200", "--cloud", "off"]
SHORT = ["--levels", "50", "--seconds-per-level", "0.4", "--quiet", *BESIDE_OTHERS]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run ``perfanalysis loadtest`` with a state folder of its own."""

    def run(
        name: str, *arguments: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LOADTEST, name, "--state-directory", str(tmp_path / "state"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=250,
            env=os.environ | (environment or {}),
        )

    return run
