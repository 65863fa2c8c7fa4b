"""Runs a tool that prints JSON, with nobody's words in a shell."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

from perfanalysis.errors import PerfAnalysisError

# Beside the time that a tool was told to take.
_PATIENCE_SECONDS = 60.0


def json_of(tool: str, arguments: Sequence[str], seconds: float) -> dict[str, Any]:
    """What a tool printed.

    Args:
        tool: its program, of a Debian package of the same name.
        arguments: of it.
        seconds: that it is told to take in all.

    Raises:
        PerfAnalysisError: it is not installed, failed, or printed no JSON.
    """
    program = shutil.which(tool)
    if program is None:
        raise PerfAnalysisError(f"{tool} is not installed: apt-get install {tool}")
    try:
        done = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds + _PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise PerfAnalysisError(f"{tool}: did not end within {error.timeout:.0f} s") from error
    found = _parsed(done.stdout)
    # iperf3 3.12 ends with status 0 also where its JSON tells of an error alone.
    fault = found.get("error")
    if done.returncode != 0 or not found or fault:
        said = fault or done.stderr.strip()[-300:] or f"status {done.returncode}"
        raise PerfAnalysisError(f"{tool}: failed: {said}")
    return found


def _parsed(text: str) -> dict[str, Any]:
    """The JSON in it; fio prints warnings before."""
    try:
        found = json.loads(text[text.index("{") :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
