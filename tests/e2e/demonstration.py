"""The demonstration in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

from tests.conftest import REPOSITORY

# Short levels: the chain is what is tested here, not the curve.
SHORT = ["--", "--seconds-per-level", "0.5", "--wait", "100"]


def demo(output: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo", "--output", str(output), *words],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    output = process.communicate(timeout=240)[0]
    return process.returncode, output


def left_running(output: Path) -> list[str]:
    """The command lines of processes that have to do with this demonstration."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(output) in words and process.pid != os.getpid():
            found.append(words)
    return found
