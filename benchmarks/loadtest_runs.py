"""Runs of our load test, as a person starts them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import control_groups
from perfanalysis.errors import PerfAnalysisError

COMMAND = (sys.executable, "-m", "perfanalysis", "loadtest", "run", "--json", "--quiet")


@dataclass(frozen=True)
class MeasuredRun:
    """One finished run: its document, and the wall time of the whole command in seconds."""

    document: dict[str, Any]
    wall_seconds: float


def load_test(folder: Path, *arguments: str, within: Path | None = None) -> MeasuredRun:
    """Run the load test once.

    Args:
        folder: of its state.
        arguments: more flags.
        within: the control group that it runs in; None: ours.

    Raises:
        PerfAnalysisError: it failed.
    """
    command = [*COMMAND, "--state-directory", str(folder), *arguments]
    if within is not None:
        command = control_groups.inside(within, command)
    began = time.monotonic()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    if done.returncode != 0:
        raise PerfAnalysisError(f"the load test failed: {done.stderr.strip()[-300:]}")
    return MeasuredRun(json.loads(done.stdout), seconds)
