"""Counters of XFS file systems, from /sys/fs/xfs/*/stats/stats (kernel: admin-guide/xfs.rst)."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "fs/xfs"
_FS = "for a filesystem"
_LOOKED = "Number of times the OS looked for"

# By the name of a line: for each of its columns the metric and its meaning, "" for one not shown.
LINES: dict[bytes, tuple[tuple[str, str], ...]] = {
    b"extent_alloc": (
        ("extent_allocation_extents_allocated", f"Number of extents allocated {_FS}."),
        ("extent_allocation_blocks_allocated", f"Number of blocks allocated {_FS}."),
        ("extent_allocation_extents_freed", f"Number of extents freed {_FS}."),
        ("extent_allocation_blocks_freed", f"Number of blocks freed {_FS}."),
    ),
    b"abt": (
        ("allocation_btree_lookups", f"Number of allocation B-tree lookups {_FS}."),
        ("allocation_btree_compares", f"Number of allocation B-tree compares {_FS}."),
        (
            "allocation_btree_records_inserted",
            f"Number of allocation B-tree records inserted {_FS}.",
        ),
        ("allocation_btree_records_deleted", f"Number of allocation B-tree records deleted {_FS}."),
    ),
    b"blk_map": (
        ("block_mapping_reads", f"Number of block map for read operations {_FS}."),
        ("block_mapping_writes", f"Number of block map for write operations {_FS}."),
        ("block_mapping_unmaps", f"Number of block unmaps (deletes) {_FS}."),
        ("block_mapping_extent_list_insertions", f"Number of extent list insertions {_FS}."),
        ("block_mapping_extent_list_deletions", f"Number of extent list deletions {_FS}."),
        ("block_mapping_extent_list_lookups", f"Number of extent list lookups {_FS}."),
        ("block_mapping_extent_list_compares", f"Number of extent list compares {_FS}."),
    ),
    b"bmbt": (
        ("block_map_btree_lookups", f"Number of block map B-tree lookups {_FS}."),
        ("block_map_btree_compares", f"Number of block map B-tree compares {_FS}."),
        ("block_map_btree_records_inserted", f"Number of block map B-tree records inserted {_FS}."),
        ("block_map_btree_records_deleted", f"Number of block map B-tree records deleted {_FS}."),
    ),
    b"dir": (
        (
            "directory_operation_lookup",
            "Number of file name directory lookups which miss the operating systems directory "
            "name lookup cache.",
        ),
        (
            "directory_operation_create",
            f"Number of times a new directory entry was created {_FS}.",
        ),
        (
            "directory_operation_remove",
            f"Number of times an existing directory entry was created {_FS}.",
        ),
        (
            "directory_operation_getdents",
            f"Number of times the directory getdents operation was performed {_FS}.",
        ),
    ),
    b"ig": (
        ("inode_operation_attempts", f"{_LOOKED} an XFS inode in the inode cache."),
        ("inode_operation_found", f"{_LOOKED} and found an XFS inode in the inode cache."),
        (
            "inode_operation_recycled",
            "Number of times the OS found an XFS inode in the cache, but could not use it as it "
            "was being recycled.",
        ),
        (
            "inode_operation_missed",
            f"{_LOOKED} an XFS inode in the cache, but did not find it.",
        ),
        (
            "inode_operation_duplicates",
            "Number of times the OS tried to add a missing XFS inode to the inode cache, but "
            "found it had already been added by another process.",
        ),
        (
            "inode_operation_reclaims",
            "Number of times the OS reclaimed an XFS inode from the inode cache to free memory "
            "for another purpose.",
        ),
        (
            "inode_operation_attribute_changes",
            "Number of times the OS explicitly changed the attributes of an XFS inode.",
        ),
    ),
    b"rw": (
        ("write_calls", "Number of write(2) system calls made to files in a filesystem."),
        ("read_calls", "Number of read(2) system calls made to files in a filesystem."),
    ),
    b"vnodes": (
        ("vnode_active", f"Number of vnodes not on free lists {_FS}."),
        ("vnode_allocate", f"Number of times vn_alloc called {_FS}."),
        ("vnode_get", f"Number of times vn_get called {_FS}."),
        ("vnode_hold", f"Number of times vn_hold called {_FS}."),
        ("vnode_release", f"Number of times vn_rele called {_FS}."),
        ("vnode_reclaim", f"Number of times vn_reclaim called {_FS}."),
        ("vnode_remove", f"Number of times vn_remove called {_FS}."),
    ),
}
FAMILIES = {
    name: tuple(
        Family(
            f"node_xfs_{metric}_total",
            "counter",
            text,
            ("device",),
            source=f"/sys/{FOLDER}/*/stats/stats",
        )
        for metric, text in columns
    )
    for name, columns in LINES.items()
}


def parse(data: bytes) -> dict[bytes, list[bytes]]:
    """The numbers of the lines that are shown; columns that are not known are left out.

    Raises:
        CollectorError: a line has no numbers, or none of the lines is there.
    """
    lines = {}
    for line in data.splitlines():
        name, *columns = line.split() or [b""]
        if families := FAMILIES.get(name):
            del columns[len(families) :]
            check_counters(columns, f"/sys/{FOLDER}: {name.decode()}")
            lines[name] = columns
    if not lines:
        raise CollectorError(f"/sys/{FOLDER}/*/stats/stats: not understood: {shown(data)}")
    return lines


def samples(devices: list[tuple[str, bytes]]) -> list[tuple[Series, bytes]]:
    """The series of devices, given the files as they stand.

    Raises:
        CollectorError: a file is not understood.
    """
    return [
        (Series(family, (device,)), number)
        for device, data in devices
        for name, numbers in parse(data).items()
        for family, number in zip(FAMILIES[name], numbers, strict=False)
    ]


# "stats" is the sum of all.
_NO_DEVICES = frozenset({"stats"})


class XfsCollector:
    """``node_xfs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        devices = []
        for name in self._attributes.if_present(self._folder, besides=_NO_DEVICES):
            data = self._attributes.read(f"{self._folder}/{name}/stats/stats")
            if data is not None:
                devices.append((name, data))
        return [self._series.block(devices)]


SPECIFICATION = CollectorSpecification(
    "xfs", tuple(family for row in FAMILIES.values() for family in row), XfsCollector
)
