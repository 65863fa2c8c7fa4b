"""How much memory may be taken: what is available here and in the control group, less a reserve."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines import cgroups

# What stays available when nobody says how much: of the memory, and at least so much.
RESERVE_SHARE = 0.05
LEAST_RESERVE = 512 << 20
KIBIBYTE = 1024


class MemoryReading(NamedTuple):
    """Bytes, as /proc/meminfo has them now.

    Attributes:
        total, available, free: of the machine.
        page_cache: pages of files, without shared memory.
        swap: that there is.
        group_room: what the control group may still take, page cache counted as given back; None:
            it has no limit.
    """

    total: int
    available: int
    free: int
    page_cache: int
    swap: int
    group_room: int | None

    @property
    def used(self) -> int:
        """What is not available."""
        return self.total - self.available

    def room(self, reserve: int) -> int:
        """What may be taken beside a reserve; below 0: so much is to be given back."""
        room = self.available - reserve
        return room if self.group_room is None else min(room, self.group_room - reserve)


def default_reserve(total: int) -> int:
    """The reserve of a machine, bytes."""
    return max(LEAST_RESERVE, int(total * RESERVE_SHARE))


def read_memory(root: Path = Path("/")) -> MemoryReading:
    """What there is now.

    Raises:
        PerfAnalysisError: /proc/meminfo cannot be read, or lacks a field.
    """
    path = root / "proc/meminfo"
    try:
        found = parse_meminfo(path.read_text())
        return MemoryReading(
            found["MemTotal"],
            found["MemAvailable"],
            found["MemFree"],
            found["Cached"] - found.get("Shmem", 0),
            found.get("SwapTotal", 0),
            group_room(cgroups.folders("memory", root / "proc", root / "sys/fs/cgroup")),
        )
    except (OSError, ValueError, KeyError) as error:
        raise PerfAnalysisError(f"{path}: {error}") from error


def parse_meminfo(text: str) -> dict[str, int]:
    """The fields of /proc/meminfo that are sizes, in bytes.

    Raises:
        ValueError: a line is no number.
    """
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            found[name] = int(value.split()[0]) * KIBIBYTE
    return found


def group_room(folders: list[Path]) -> int | None:
    """What the tightest of some control groups may still take; None: none has a limit."""
    rooms = [room for folder in folders if (room := _room(folder)) is not None]
    return min(rooms, default=None)


_VERSIONS = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)
# Version 1 writes "no limit" as the largest number of whole pages.
_NO_LIMIT = 1 << 60


def _room(folder: Path) -> int | None:
    for limit_file, usage_file, cache_fields in _VERSIONS:
        try:
            limit = int((folder / limit_file).read_text())
            usage = int((folder / usage_file).read_text())
            statistics = (folder / "memory.stat").read_text()
        except (OSError, ValueError):
            # No such file, or "max".
            continue
        if limit < _NO_LIMIT:
            lines = (line.split() for line in statistics.splitlines())
            cache = sum(int(value) for name, value in lines if name in cache_fields)
            return limit - usage + cache
    return None
