"""The circumstances of a benchmark: facts of this machine. An unknown fact is absent."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import psutil

from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.machines.facts.files import text
from perfanalysis.machines.facts.host import distribution


def machine_facts() -> dict[str, object]:
    """What is known of this machine.

    Returns:
        ``cpu_model``, ``cpus`` (that we may use), ``memory_bytes``, ``kernel``, ``architecture``,
        ``python``, ``system``, ``load_1m`` (runnable tasks over the last minute, at the start),
        ``revision`` (of our source, as git describes it).
    """
    facts: dict[str, object | None] = {
        "cpu_model": cpu_model(text(Path("/proc/cpuinfo"))) or None,
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": psutil.virtual_memory().total,
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "system": distribution(text(Path("/etc/os-release"))) or None,
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
