"""Memory by node and zone, from /proc/zoneinfo (proc(5)); off by default.

What the kernel counts for a whole node stands in the file at the node's first zone, and is shown
with that zone's name, as in node_exporter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.tokens import check_integers, shown
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "/proc/zoneinfo"
_LABELS = ("node", "zone")
# By the file's word: the metric and its meaning.
GAUGES = {
    "nr_free_pages": ("nr_free_pages", "Total number of free pages in the zone"),
    "min": ("min_pages", "Zone watermark pages_min"),
    "low": ("low_pages", "Zone watermark pages_low"),
    "high": ("high_pages", "Zone watermark pages_high"),
    "scanned": ("scanned_pages", "Pages scanned since last reclaim"),
    "spanned": ("spanned_pages", "Total pages spanned by the zone, including holes"),
    "present": ("present_pages", "Physical pages existing within the zone"),
    "managed": ("managed_pages", "Present pages managed by the buddy system"),
    "nr_active_anon": (
        "nr_active_anon_pages",
        "Number of anonymous pages recently more used",
    ),
    "nr_inactive_anon": (
        "nr_inactive_anon_pages",
        "Number of anonymous pages recently less used",
    ),
    "nr_isolated_anon": ("nr_isolated_anon_pages", "Temporary isolated pages from anon lru"),
    "nr_anon_pages": (
        "nr_anon_pages",
        "Number of anonymous pages currently used by the system",
    ),
    "nr_anon_transparent_hugepages": (
        "nr_anon_transparent_hugepages",
        "Number of anonymous transparent huge pages currently used by the system",
    ),
    "nr_active_file": ("nr_active_file_pages", "Number of active pages with file-backing"),
    "nr_inactive_file": ("nr_inactive_file_pages", "Number of inactive pages with file-backing"),
    "nr_isolated_file": ("nr_isolated_file_pages", "Temporary isolated pages from file lru"),
    "nr_file_pages": ("nr_file_pages", "Number of file pages"),
    "nr_slab_reclaimable": ("nr_slab_reclaimable_pages", "Number of reclaimable slab pages"),
    "nr_slab_unreclaimable": ("nr_slab_unreclaimable_pages", "Number of unreclaimable slab pages"),
    "nr_mlock_stack": ("nr_mlock_stack_pages", "mlock()ed pages found and moved off LRU"),
    "nr_kernel_stack": ("nr_kernel_stacks", "Number of kernel stacks"),
    "nr_mapped": ("nr_mapped_pages", "Number of mapped pages"),
    "nr_dirty": ("nr_dirty_pages", "Number of dirty pages"),
    "nr_writeback": ("nr_writeback_pages", "Number of writeback pages"),
    "nr_unevictable": ("nr_unevictable_pages", "Number of unevictable pages"),
    "nr_shmem": ("nr_shmem_pages", "Number of shmem pages (included tmpfs/GEM pages)"),
}
COUNTERS = {
    "nr_dirtied": ("nr_dirtied_total", "Page dirtyings since bootup"),
    "nr_written": ("nr_written_total", "Page writings since bootup"),
    "numa_hit": ("numa_hit_total", "Allocated in intended node"),
    "numa_miss": ("numa_miss_total", "Allocated in non intended node"),
    "numa_foreign": ("numa_foreign_total", "Was intended here, hit elsewhere"),
    "numa_interleave": ("numa_interleave_total", "Interleaver preferred this zone"),
    "numa_local": ("numa_local_total", "Allocation from local node"),
    "numa_other": ("numa_other_total", "Allocation from other node"),
}


def _family(name: str, type_: FamilyType, text: str) -> Family:
    return Family(f"node_zoneinfo_{name}", type_, text, _LABELS, source=_SOURCE)


FIELDS = {
    **{word.encode(): _family(name, "gauge", text) for word, (name, text) in GAUGES.items()},
    **{word.encode(): _family(name, "counter", text) for word, (name, text) in COUNTERS.items()},
}
PROTECTION = _family("protection_{field}", "gauge", "Protection array {field}. field")
_ZONE = re.compile(rb"Node ([0-9]+), zone\s+(\w+)\s*", re.ASCII)
_PROTECTION = re.compile(rb"\s*protection: \(([0-9]+(?:, [0-9]+)*)\)\s*")


class Zone(NamedTuple):
    """A zone: its labels, which word of the text is the value of a field, what is held back."""

    labels: tuple[str, str]
    fields: dict[bytes, int]
    protection: list[bytes]


def parse(data: bytes) -> list[Zone]:
    """The zones of /proc/zoneinfo.

    Raises:
        CollectorError: a field that is shown has no number, or the file does not begin with a zone.
    """
    zones: list[Zone] = []
    word = 0
    for line in data.split(b"\n"):
        words = line.split()
        if match := _ZONE.fullmatch(line):
            zones.append(Zone((match[1].decode(), match[2].decode()), {}, []))
        elif words and not zones:
            raise CollectorError(f"{_SOURCE}: expected a zone, found {shown(line)}")
        elif words and words[0] in FIELDS:
            check_integers(words[1:2] or [b""], f"{_SOURCE}: {words[0].decode()}")
            zones[-1].fields[words[0]] = word + 1
        elif match := _PROTECTION.fullmatch(line):
            zones[-1].protection[:] = match[1].split(b", ")
        word += len(words)
    if not zones:
        raise CollectorError(f"{_SOURCE}: expected zones, found none")
    return zones


class ZoneinfoCollector:
    """``node_zoneinfo_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("zoneinfo")
        self._series = NumberSeries(self._lay_out)
        # Brackets make words of these numbers: the file is understood anew when one changes.
        self._protection: list[tuple[Series, bytes]] = []
        self._protection_series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        fields = self._series.block(self._file.read())
        return [fields, self._protection_series.block(self._protection)]

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        zones = parse(texts[0])
        self._protection = [
            (Series(PROTECTION.named(str(number)), zone.labels), held)
            for zone in zones
            for number, held in enumerate(zone.protection)
        ]
        return [
            NumberPlace(Series(family, zone.labels), zone.fields[word])
            for word, family in FIELDS.items()
            for zone in zones
            if word in zone.fields
        ]


SPECIFICATION = CollectorSpecification(
    "zoneinfo", (*FIELDS.values(), PROTECTION), ZoneinfoCollector, enabled=False
)
