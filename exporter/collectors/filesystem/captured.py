"""The space of file systems out of a capture, which holds what statfs(2) said."""

from __future__ import annotations

from exporter.collecting.captured import number_in, records_of
from exporter.collectors.filesystem.collector import AVAILABLE, FREE, SIZE
from perfanalysis.exposition.families import Series

_STATFS = "statfs"


def mounts(texts: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    """The file systems' space, as the collector ``filesystem`` shows it.

    Raises:
        CollectorError: a record is malformed.
    """
    pairs = []
    columns = ((SIZE, "total"), (FREE, "free"))
    for subsystem, text in texts.items():
        if subsystem.startswith(_STATFS):
            for entry in records_of(text, subsystem):
                labels = ("", str(entry.get("mount_point", "")), "", "")
                block = number_in(entry, "block_size", subsystem)
                for family, field in (*columns, (AVAILABLE, "available")):
                    blocks = number_in(entry, f"blocks_{field}", subsystem)
                    pairs.append((Series(family, labels), b"%d" % (block * blocks)))
    return pairs
