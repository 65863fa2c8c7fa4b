"""The disk below a folder: its counters in /proc/diskstats, and what one operation may be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
USUAL_BLOCK = 4096
LARGEST = 1 << 20


class DiskCounters(NamedTuple):
    """Since boot, or since the replay's begin."""

    read_bytes: float
    write_bytes: float
    reads: float
    writes: float

    def since(self, before: DiskCounters) -> DiskCounters:
        """What was added."""
        return DiskCounters(*(max(0.0, a - b) for a, b in zip(self, before, strict=True)))


def parse_diskstats(text: str, name: str) -> DiskCounters | None:
    """The counters of one device; None: it has no line.

    Source: Documentation/admin-guide/iostats.rst.
    """
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 10 and fields[2] == name:
            reads, _, read_sectors, _, writes, _, written_sectors = map(int, fields[3:10])
            return DiskCounters(read_sectors * SECTOR, written_sectors * SECTOR, reads, writes)
    return None


class TargetDisk:
    """The whole disk on which a folder lies.

    Attributes:
        name: as /proc/diskstats has it; "": the folder is on no disk that is counted.
        block: bytes of the smallest operation that goes by the page cache.
        largest: bytes of the largest that the disk takes at once.
    """

    def __init__(self, folder: Path, root: Path = Path("/")) -> None:
        self._root = root
        device = folder.stat().st_dev
        link = root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
        self.name, self.block, self.largest = "", USUAL_BLOCK, LARGEST
        if not link.exists():
            return
        place = link.resolve()
        if (place / "partition").exists():
            place = place.parent
        self.name = place.name
        self.block = _number(place / "queue/logical_block_size") or USUAL_BLOCK
        largest = (_number(place / "queue/max_sectors_kb") or 0) * 1024
        self.largest = max(self.block, min(largest or LARGEST, LARGEST) // self.block * self.block)

    def read(self) -> DiskCounters | None:
        """Its counters now; None: there are none."""
        try:
            return parse_diskstats((self._root / "proc/diskstats").read_text(), self.name)
        except (OSError, ValueError):
            return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
