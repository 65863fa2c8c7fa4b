"""Memory and caches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from perfanalysis.machines import cgroups
from perfanalysis.machines.facts.confinement import memory_limit
from perfanalysis.machines.facts.files import known, number, text

_SUFFIXES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def read(cpu: int, root: Path = Path("/")) -> dict[str, object]:
    """Sizes in bytes; the caches are those of one CPU, which stands for all.

    Args:
        cpu: its number.
        root: holds proc and sys.
    """
    meminfo = text(root / "proc/meminfo")
    found = caches(root / f"sys/devices/system/cpu/cpu{cpu}/cache")
    return known(
        {
            "memory_bytes": field(meminfo, "MemTotal"),
            "swap_bytes": field(meminfo, "SwapTotal"),
            "huge_page_bytes": field(meminfo, "Hugepagesize"),
            "transparent_huge_pages": chosen(
                text(root / "sys/kernel/mm/transparent_hugepage/enabled")
            ),
            "caches": found,
            "last_cache_bytes": last[0] if (last := cache_of(cpu, root)) else None,
        }
    )


def field(meminfo: str, name: str) -> int | None:
    """One field of /proc/meminfo in bytes."""
    for line in meminfo.splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024
    return None


def available_bytes(root: Path = Path("/")) -> int | None:
    """Memory that can be had without swapping (MemAvailable) and within the cgroup's limit.

    A limit counts whole: what this process holds besides is little, and page cache gives way.
    """
    limit = memory_limit(cgroups.folders("memory", root / "proc", root / "sys/fs/cgroup"))
    found = (field(text(root / "proc/meminfo"), "MemAvailable"), limit)
    return min((size for size in found if size is not None), default=None)


def chosen(choices: str) -> str:
    """The choice in brackets of a file such as ``always [madvise] never``; empty without one."""
    found = re.search(r"\[(\w+)\]", choices)
    return found[1] if found else ""


def cache_size(size: str) -> int | None:
    """A size as /sys/devices/system/cpu writes it ("32768K") in bytes; None when it is no size."""
    found = re.fullmatch(r"([0-9]+)([KMG]?)", size.strip())
    return int(found[1]) * _SUFFIXES.get(found[2], 1) if found else None


def caches(folder: Path) -> list[dict[str, object]]:
    """The caches of one CPU: level, type, size in bytes, the CPUs that share it.

    Args:
        folder: /sys/devices/system/cpu/cpuN/cache.
    """
    return [
        known(
            {
                "level": number(index / "level"),
                "type": text(index / "type"),
                "bytes": cache_size(text(index / "size")),
                "cpus": text(index / "shared_cpu_list"),
            }
        )
        for index in sorted(folder.glob("index[0-9]*"))
    ]


def cache_of(cpu: int, root: Path = Path("/")) -> tuple[int, str] | None:
    """A CPU's last-level cache: its size in bytes, and the CPUs that share it ("0-3,8").

    The list is empty when the kernel does not say it; None: nor the size.
    """
    found = caches(root / f"sys/devices/system/cpu/cpu{cpu}/cache")
    sized = [
        (size, str(entry.get("cpus", "")))
        for entry in found
        if isinstance(size := entry.get("bytes"), int)
    ]
    return max(sized, key=lambda entry: entry[0], default=None)


def huge_page_bytes(smaps: str, ranges: Sequence[range]) -> int | None:
    """How much of some addresses lies in huge pages; None when the kernel does not say.

    Args:
        smaps: the text of /proc/self/smaps.
        ranges: of addresses.
    """
    total, inside, counted = 0, False, False
    for line in smaps.splitlines():
        if found := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            start, end = int(found[1], 16), int(found[2], 16)
            inside = any(start < part.stop and part.start < end for part in ranges)
        elif line.startswith("AnonHugePages:"):
            counted = True
            total += int(line.split()[1]) * 1024 if inside else 0
    return total if counted else None
