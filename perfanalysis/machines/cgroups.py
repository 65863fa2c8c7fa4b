"""The control groups of this process and all above: where they are, and their CPU quota."""

from __future__ import annotations

from pathlib import Path

from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_quota import CpuQuota, parse_cfs_quota, parse_cpu_max


def parse_cgroup(text: str) -> dict[str, str]:
    """The paths of /proc/self/cgroup by controller; the key "" is version 2's only path."""
    paths = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


def folders(
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


def cpu_folders(proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")) -> list[Path]:
    """The folders of this process's cgroup that may limit its CPU time, and of all above it."""
    return folders("cpu", proc, root)


def cpu_quota(proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """The tightest CPU quota of this process's cgroup and all above it, in CPUs; None: no limit.

    Files that are missing or unreadable set no limit that we could know of.
    """
    limit = cpu_limit(proc, root)
    return None if limit is None else limit.cpus


def cpu_limit(proc: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")) -> CpuQuota | None:
    """The same with its period."""
    found = (quota_of(folder) for folder in cpu_folders(proc, root))
    limits = [(limit.cpus, limit) for limit in found if limit is not None and limit.cpus]
    return min(limits, default=(None, None))[1]


def _upwards(mount: Path, path: str) -> list[Path]:
    # In a container with its own cgroup namespace the path starts at the mount.
    parts = [part for part in path.split("/") if part not in {"", "..", "."}]
    return [mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def quota_of(folder: Path) -> CpuQuota | None:
    """The quota of one cgroup; None: nothing says it has one."""
    try:
        if (folder / "cpu.max").exists():
            return parse_cpu_max((folder / "cpu.max").read_bytes())
        quota, period = folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"
        return parse_cfs_quota(quota.read_bytes(), period.read_bytes())
    except (OSError, MalformedError):
        return None
