"""Block cache, from /sys/fs/bcache (kernel: admin-guide/bcache.rst, drivers/md/bcache/sysfs.c)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.quantities import bcache_quantity
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, FactSeries, as_they_are

FOLDER = "fs/bcache"
PRIORITY_STATS = Flag(
    "collector.bcache.priorityStats",
    False,
    "Show how much of a cache is unused and metadata, which the kernel counts anew at each read.",
)
_SET = ("uuid",)
_BACKING = ("uuid", "backing_device")
_CACHE = ("uuid", "cache_device")


def _family(
    name: str, text: str, labels: tuple[str, ...] = _SET, type_: FamilyType = "gauge"
) -> Family:
    unit = next((unit for unit in ("bytes", "seconds", "percent") if unit in name), "")
    return Family(f"node_bcache_{name}", type_, text, labels, unit, f"/sys/{FOLDER}")


# By the attribute's path below the folder of the set, of the backing device, of the cache.
SET_VALUES = {
    "average_key_size": _family(
        "average_key_size_sectors", "Average data per key in the btree (sectors)."
    ),
    "btree_cache_size": _family(
        "btree_cache_size_bytes", "Amount of memory currently used by the btree cache."
    ),
    "cache_available_percent": _family(
        "cache_available_percent",
        "Percentage of cache device without dirty data, usable for writeback (may contain clean "
        "cached data).",
    ),
    "congested": _family("congested", "Congestion."),
    "root_usage_percent": _family(
        "root_usage_percent",
        "Percentage of the root btree node in use (tree depth increases if too high).",
    ),
    "tree_depth": _family("tree_depth", "Depth of the btree."),
    "internal/active_journal_entries": _family(
        "active_journal_entries", "Number of journal entries that are newer than the index."
    ),
    "internal/btree_nodes": _family("btree_nodes", "Total nodes in the btree."),
    "internal/btree_read_average_duration_us": _family(
        "btree_read_average_duration_seconds", "Average btree read duration."
    ),
    "internal/cache_read_races": _family(
        "cache_read_races_total",
        "Counts instances where while data was being read from the cache, the bucket was reused "
        "and invalidated - i.e. where the pointer was stale after the read completed.",
        type_="counter",
    ),
}
READAHEADS = "stats_total/cache_readaheads"
BACKING_VALUES = {
    "dirty_data": _family(
        "dirty_data_bytes",
        "Amount of dirty data for this backing device in the cache.",
        _BACKING,
    ),
    **{
        f"stats_total/{attribute}": _family(f"{name}_total", text, _BACKING, "counter")
        for attribute, name, text in (
            (
                "bypassed",
                "bypassed_bytes",
                "Amount of IO (both reads and writes) that has bypassed the cache.",
            ),
            ("cache_hits", "cache_hits", "Hits counted per individual IO as bcache sees them."),
            (
                "cache_misses",
                "cache_misses",
                "Misses counted per individual IO as bcache sees them.",
            ),
            (
                "cache_bypass_hits",
                "cache_bypass_hits",
                "Hits for IO intended to skip the cache.",
            ),
            (
                "cache_bypass_misses",
                "cache_bypass_misses",
                "Misses for IO intended to skip the cache.",
            ),
            (
                "cache_miss_collisions",
                "cache_miss_collisions",
                "Instances where data insertion from cache miss raced with write (data already "
                "present).",
            ),
            ("cache_readaheads", "cache_readaheads", "Count of times readahead occurred."),
        )
    },
}
# By the line's name in writeback_rate_debug.
WRITEBACK = {
    "target": _family(
        "dirty_target_bytes",
        "Current dirty data target threshold for this backing device in bytes.",
        _BACKING,
    ),
    "rate": _family(
        "writeback_rate",
        "Current writeback rate for this backing device in bytes.",
        _BACKING,
    ),
    "proportional": _family(
        "writeback_rate_proportional_term",
        "Current result of proportional controller, part of writeback rate",
        _BACKING,
    ),
    "integral": _family(
        "writeback_rate_integral_term",
        "Current result of integral controller, part of writeback rate",
        _BACKING,
    ),
    "change": _family(
        "writeback_change",
        "Last writeback rate change step for this backing device.",
        _BACKING,
    ),
}
CACHE_VALUES = {
    "io_errors": _family(
        "io_errors",
        "Number of errors that have occurred, decayed by io_error_halflife.",
        _CACHE,
    ),
    "metadata_written": _family(
        "metadata_written_bytes_total",
        "Sum of all non data writes (btree writes and all other metadata).",
        _CACHE,
        "counter",
    ),
    "written": _family(
        "written_bytes_total",
        "Sum of all data that has been written to the cache.",
        _CACHE,
        "counter",
    ),
}
PRIORITY = {
    "Unused": _family(
        "priority_stats_unused_percent",
        "The percentage of the cache that doesn't contain any data.",
        _CACHE,
    ),
    "Metadata": _family("priority_stats_metadata_percent", "Bcache's metadata overhead.", _CACHE),
}
FAMILIES = tuple(
    family
    for table in (SET_VALUES, BACKING_VALUES, WRITEBACK, CACHE_VALUES, PRIORITY)
    for family in table.values()
)
_SUFFIXES = {SET_VALUES["internal/btree_read_average_duration_us"].name: b"e-6"}
_PERCENT = re.compile(rb"([0-9]{1,3})%")

Pair = tuple[Series, bytes]


def parse_lines(data: bytes) -> dict[str, bytes]:
    """The last word of each line ``name: words``, without ``/sec``."""
    lines = {}
    for line in data.split(b"\n"):
        name, colon, rest = line.partition(b":")
        if colon and (words := rest.split()):
            lines[name.decode("utf-8", "replace")] = words[-1].removesuffix(b"/sec")
    return lines


def percentage(token: bytes, source: str) -> bytes:
    """The number of ``99%``.

    Raises:
        CollectorError: it is none.
    """
    match = _PERCENT.fullmatch(token)
    if match is None:
        raise CollectorError(f"{source}: expected a percentage, found {shown(token)}")
    return match[1]


class BcacheCollector:
    """``node_bcache_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._priority = bool(flags[PRIORITY_STATS.variable])
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(as_they_are)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        uuids = [name for name in self._attributes.if_present(self._folder) if "-" in name]
        pairs: list[Pair] = []
        for uuid in uuids:
            folder = f"{self._folder}/{uuid}"
            pairs += self._values(folder, SET_VALUES, (uuid,))
            for name in self._attributes.names(folder):
                if re.match(r"bdev[0-9]", name):
                    pairs += self._backing(f"{folder}/{name}", (uuid, name))
                elif re.match(r"cache[0-9]", name):
                    pairs += self._cache(f"{folder}/{name}", (uuid, name))
        return [self._series.block(pairs)]

    def _values(
        self, folder: str, families: dict[str, Family], labels: tuple[str, ...]
    ) -> list[Pair]:
        pairs = []
        for name, family in families.items():
            path = f"{folder}/{name}"
            data = self._attributes.read(path)
            if data is None:
                continue
            number = bcache_quantity(data, path)
            # Kernels since 5.9 do not count it, and before it was mostly 0.
            if number or name != READAHEADS:
                series = Series(family, labels, _SUFFIXES.get(family.name, b""))
                pairs.append((series, b"%d" % number))
        return pairs

    def _backing(self, folder: str, labels: tuple[str, ...]) -> list[Pair]:
        pairs = self._values(folder, BACKING_VALUES, labels)
        path = f"{folder}/writeback_rate_debug"
        lines = parse_lines(self._attributes.read(path) or b"")
        pairs += [
            (Series(family, labels), b"%d" % bcache_quantity(lines[name], path))
            for name, family in WRITEBACK.items()
            if name in lines
        ]
        return pairs

    def _cache(self, folder: str, labels: tuple[str, ...]) -> list[Pair]:
        pairs = self._values(folder, CACHE_VALUES, labels)
        if self._priority:
            path = f"{folder}/priority_stats"
            lines = parse_lines(self._attributes.read(path) or b"")
            pairs += [
                (Series(family, labels), percentage(lines[name], path))
                for name, family in PRIORITY.items()
                if name in lines
            ]
        return pairs


SPECIFICATION = CollectorSpecification("bcache", FAMILIES, BcacheCollector, flags=(PRIORITY_STATS,))
