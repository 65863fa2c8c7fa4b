"""What confines the run: container and cgroup limits."""

from __future__ import annotations

import os
from pathlib import Path

from perfanalysis.machines import cgroups
from perfanalysis.machines.cpu_list import format_cpu_list
from perfanalysis.machines.facts.files import known, number

# A file of a container's root, and the run-time that puts it there.
_MARKS = {".dockerenv": "docker", "run/.containerenv": "podman"}
# Version 1 writes "no limit" as the largest number of whole pages.
_NO_LIMIT = 1 << 62


def read(root: Path = Path("/")) -> dict[str, object]:
    """The container's kind, and the limits of this process's cgroup and all above it.

    Args:
        root: holds proc, sys and the container's marks.
    """
    groups = root / "sys/fs/cgroup"
    cpu_folders = cgroups.cpu_folders(root / "proc", groups)
    return known(
        {
            "container": container(root, dict(os.environ)),
            "cgroup_version": 2 if (groups / "cgroup.controllers").exists() else 1,
            "cgroup_quota_cpus": cgroups.cpu_quota(root / "proc", groups),
            "cgroup_weight": _first(cpu_folders, "cpu.weight"),
            "cgroup_shares": _first(cpu_folders, "cpu.shares"),
            "cgroup_memory_bytes": memory_limit(cgroups.folders("memory", root / "proc", groups)),
            "allowed_cpus": format_cpu_list(os.sched_getaffinity(0)),
        }
    )


def container(root: Path, environment: dict[str, str]) -> str:
    """The container's kind, empty when there is no sign of one.

    Args:
        root: the root folder.
        environment: of this process.
    """
    if environment.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if environment.get("container"):
        return environment["container"]
    return next((kind for mark, kind in _MARKS.items() if (root / mark).exists()), "")


def memory_limit(folders: list[Path]) -> int | None:
    """The lowest memory limit of some cgroup folders in bytes; None: no limit."""
    limits = [
        limit
        for folder in folders
        for name in ("memory.max", "memory.limit_in_bytes")
        if (limit := number(folder / name)) is not None and limit < _NO_LIMIT
    ]
    return min(limits, default=None)


def _first(folders: list[Path], name: str) -> int | None:
    values = [value for folder in folders if (value := number(folder / name)) is not None]
    return values[0] if values else None
