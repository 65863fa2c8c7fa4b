"""Runs on this machine as if some files of /proc and /sys said something else."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest


@cache
def _namespaces() -> list[str]:
    """The command that gives its child mounts of its own; empty where that is not allowed."""
    command = ["unshare", "--mount"]
    if os.geteuid():
        command.append("--map-root-user")
    try:
        works = subprocess.run(
            [*command, "mount", "--bind", "/proc/uptime", "/proc/version"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return []
    return command if works.returncode == 0 else []


def namespace_command() -> list[str]:
    """The command that gives its child mounts of its own; where there is none the test skips."""
    if not _namespaces():
        pytest.skip("no mount namespace may be made here")
    return _namespaces()


def pretending(files: Mapping[str, str], folder: Path, command: Sequence[str]) -> list[str]:
    """A command that runs another one which sees other contents of some files.

    Args:
        files: the path of each, and what it is to say; a path that this machine lacks is left out.
        folder: for the contents.
        command: what is run.
    """
    own = namespace_command()
    steps = []
    for number, (path, content) in enumerate(files.items()):
        if Path(path).exists():
            said = folder / f"said-{number}"
            said.write_text(content)
            steps.append(f"mount --bind {shlex.quote(str(said))} {shlex.quote(path)}")
    script = " && ".join([*steps, f"exec {shlex.join(command)}"])
    return [*own, "sh", "-c", script]


def meminfo(available_kibibytes: int) -> dict[str, str]:
    """/proc/meminfo of this machine, but for the memory that is available."""
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    line = f"MemAvailable:{available_kibibytes:>15} kB"
    return {"/proc/meminfo": re.sub(r"(?m)^MemAvailable:.*$", line, text)}


def last_cache(mebibytes: int) -> dict[str, str]:
    """The last-level caches of this machine's CPUs in another size."""
    found = Path("/sys/devices/system/cpu").glob("cpu[0-9]*/cache/index3/size")
    return {str(path): f"{mebibytes * 1024}K\n" for path in found}
