"""The circumstances of a benchmark: facts of this machine. An unknown fact is absent."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import psutil


def machine_facts() -> dict[str, object]:
    """What is known of this machine.

    Returns:
        ``cpu_model``, ``cpus`` (that we may use), ``memory_bytes``, ``kernel``, ``architecture``,
        ``python``, ``system``, ``load_1m`` (runnable tasks over the last minute, at the start),
        ``revision`` (of our source, as git describes it).
    """
    facts: dict[str, object | None] = {
        "cpu_model": _value(Path("/proc/cpuinfo"), "model name", ":"),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": psutil.virtual_memory().total,
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "system": _value(Path("/etc/os-release"), "PRETTY_NAME", "="),
        "load_1m": os.getloadavg()[0],
        "revision": _revision(),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _revision() -> str | None:
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],
            cwd=Path(__file__).parent,
            check=False,
            capture_output=True,
            text=True,
        )
    except OSError:
        return None
    return done.stdout.strip() or None


def _value(path: Path, name: str, separator: str) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, found, value = line.partition(separator)
        if found and key.strip() == name:
            return value.strip().strip('"')
    return None
