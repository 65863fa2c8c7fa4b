"""Which CPUs a run may use: affinity, the cgroup's quota, and what was asked for."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import InputError

_HIGHEST = 1 << 16


@dataclass(frozen=True)
class UsableCpus:
    """The CPUs of a run.

    Attributes:
        cpus: their numbers, ascending, at least one.
        quota: the CPU time that the cgroup allows a second, in CPUs; None: no limit.
    """

    cpus: tuple[int, ...]
    quota: float | None


def parse_list(text: str, where: str) -> tuple[int, ...]:
    """Read a list of CPUs as the kernel and taskset write it: ``0-3,8``.

    Args:
        text: the list.
        where: the flag or file, for messages.

    Raises:
        InputError: it is not such a list.
    """
    cpus: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,5})(?:-([0-9]{1,5}))?\s*", part, re.ASCII)
        if not match:
            raise InputError(where, "", "a list of CPUs such as 0-3,8", text)
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last > _HIGHEST:
            raise InputError(where, "", "a list of CPUs such as 0-3,8", text)
        cpus.update(range(first, last + 1))
    return tuple(sorted(cpus))


def format_list(cpus: Iterable[int]) -> str:
    """Write a list of CPUs as the kernel does: ``0-3,8``."""
    parts: list[list[int]] = []
    for cpu in sorted(cpus):
        if parts and parts[-1][-1] + 1 == cpu:
            parts[-1].append(cpu)
        else:
            parts.append([cpu])
    return ",".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def usable(asked: str | None) -> UsableCpus:
    """The CPUs of this run.

    Without a list these are the CPUs of the affinity mask, cut to as many whole CPUs as the
    cgroup's quota allows, so that the full load is never throttled; but always at least one.

    Args:
        asked: the value of ``--cpus``, or None.

    Raises:
        InputError: a CPU was asked for that this process may not use.
    """
    allowed = tuple(sorted(os.sched_getaffinity(0)))
    quota = cgroup_quota()
    if asked is not None:
        wanted = parse_list(asked, "--cpus")
        if refused := set(wanted) - set(allowed):
            raise InputError("--cpus", "", f"CPUs of {format_list(allowed)}", format_list(refused))
        return UsableCpus(wanted, quota)
    if quota is not None:
        allowed = allowed[: max(1, math.floor(quota))]
    return UsableCpus(allowed, quota)


def parse_cpu_max(text: str) -> float | None:
    """The quota of a cgroup v2 file ``cpu.max`` ("max 100000", "150000 100000") in CPUs."""
    quota, period = text.split()
    return None if quota == "max" else int(quota) / int(period)


def parse_cfs_quota(quota: str, period: str) -> float | None:
    """The quota of cgroup v1 (``cpu.cfs_quota_us``, -1 for none, ``cpu.cfs_period_us``) in CPUs."""
    return int(quota) / int(period) if int(quota) > 0 else None


def parse_cgroup(text: str) -> dict[str, str]:
    """The paths of /proc/self/cgroup by controller; the key "" is version 2's only path."""
    paths = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


def cgroup_folders(
    controller: str, proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")
) -> list[Path]:
    """The folders of this process's cgroup that a controller may limit, and of all above it.

    Args:
        controller: ``cpu`` or ``memory``.
        proc: holds self/cgroup.
        root: where the cgroups are mounted.
    """
    try:
        paths = parse_cgroup((proc / "self" / "cgroup").read_text())
    except (OSError, ValueError):
        return []
    mounts = {
        "": [root / "unified", root] if (root / "unified").is_dir() else [root],
        controller: [root / controller],
    }
    if controller == "cpu":
        mounts["cpu"].append(root / "cpu,cpuacct")
    return [
        folder
        for name, path in paths.items()
        for mount in mounts.get(name, [])
        for folder in _upwards(mount, path)
    ]


def cgroup_cpu_folders(
    proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")
) -> list[Path]:
    """The folders of this process's cgroup that may limit its CPU time, and of all above it."""
    return cgroup_folders("cpu", proc, root)


def cgroup_quota(proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """The tightest CPU quota of this process's cgroup and all above it, in CPUs; None: no limit.

    Files that are missing or unreadable set no limit that we could know of.
    """
    folders = cgroup_cpu_folders(proc, root)
    return min((quota for folder in folders if (quota := _quota(folder))), default=None)


def _upwards(mount: Path, path: str) -> list[Path]:
    # In a container with its own cgroup namespace the path starts at the mount.
    parts = [part for part in path.split("/") if part not in {"", "..", "."}]
    return [mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _quota(folder: Path) -> float | None:
    try:
        if (folder / "cpu.max").exists():
            return parse_cpu_max((folder / "cpu.max").read_text())
        return parse_cfs_quota(
            (folder / "cpu.cfs_quota_us").read_text(), (folder / "cpu.cfs_period_us").read_text()
        )
    except (OSError, ValueError, ZeroDivisionError):
        return None
