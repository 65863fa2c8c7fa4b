"""What this machine is: the facts that stand beside every measurement. Unknown facts are absent."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path

from loadtest.cpus import UsableCpus

CPU_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_SUFFIXES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def facts(name: str, usable: UsableCpus) -> dict[str, object]:
    """The machine as a result document shows it (``machine``).

    Args:
        name: as in the inventory; the host name stands in for an empty one.
        usable: the CPUs that the run uses.
    """
    found: dict[str, object | None] = {
        "name": name or socket.gethostname(),
        "hostname": socket.gethostname(),
        "architecture": platform.machine(),
        "cpu_model": cpu_model(_read(Path("/proc/cpuinfo"))),
        "logical_cpus": os.cpu_count() or len(usable.cpus),
        "used_cpus": list(usable.cpus),
        "cgroup_quota_cpus": usable.quota,
        "memory_bytes": memory_bytes(_read(Path("/proc/meminfo"))),
        "last_cache_bytes": last_cache_bytes() or None,
        "kernel_release": platform.release(),
    }
    return {key: value for key, value in found.items() if value is not None}


def cpu_model(cpuinfo: str) -> str | None:
    """The CPU's name in /proc/cpuinfo: ``model name`` on x86, else ``Processor`` or ``cpu``."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in {"model name", "Processor", "cpu"} and value.strip():
            return " ".join(value.split())
    return None


def memory_bytes(meminfo: str, field: str = "MemTotal") -> int | None:
    """One field of /proc/meminfo in bytes."""
    for line in meminfo.splitlines():
        key, _, value = line.partition(":")
        if key == field:
            return int(value.split()[0]) * 1024
    return None


def available_memory_bytes() -> int | None:
    """Memory that can be had without swapping (MemAvailable)."""
    return memory_bytes(_read(Path("/proc/meminfo")), "MemAvailable")


def cache_size(text: str) -> int:
    """A size as /sys/devices/system/cpu writes it ("32768K") in bytes."""
    text = text.strip()
    if text[-1:] in _SUFFIXES:
        return int(text[:-1]) * _SUFFIXES[text[-1]]
    return int(text)


def last_cache_bytes(caches: Path = CPU_CACHES) -> int:
    """Size of the first CPU's last-level cache; 0 when the kernel does not say."""
    largest = 0
    for index in caches.glob("index[0-9]*"):
        try:
            largest = max(largest, cache_size((index / "size").read_text()))
        except (OSError, ValueError):
            continue
    return largest


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
