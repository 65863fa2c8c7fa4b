"""Merging of equal pages, from /sys/kernel/mm/ksm (kernel: admin-guide/mm/ksm.rst).

Off by default.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

FOLDER = "kernel/mm/ksm"
MILLISECONDS = b"e-3"


def _series(file: str, name: str = "", type_: FamilyType = "gauge", unit: str = "") -> Series:
    source = f"/sys/{FOLDER}/{file}"
    family = Family(f"node_ksmd_{name or file}", type_, f"ksmd '{file}' file.", (), unit, source)
    return Series(family, (), MILLISECONDS if unit == "seconds" else b"")


# By the file of which it is the value.
SERIES = {
    "full_scans": _series("full_scans", "full_scans_total", "counter"),
    "merge_across_nodes": _series("merge_across_nodes"),
    "pages_shared": _series("pages_shared"),
    "pages_sharing": _series("pages_sharing"),
    "pages_to_scan": _series("pages_to_scan"),
    "pages_unshared": _series("pages_unshared"),
    "pages_volatile": _series("pages_volatile"),
    "run": _series("run"),
    "sleep_millisecs": _series("sleep_millisecs", "sleep_seconds", unit="seconds"),
}
FAMILIES = tuple(series.family for series in SERIES.values())


class KsmdCollector:
    """``node_ksmd_*``; a kernel without NUMA has no ``merge_across_nodes``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        folder = self._attributes.folder(FOLDER)
        self._wanted = [(series, f"{folder}/{file}") for file, series in SERIES.items()]
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = [
            (series, value)
            for series, path in self._wanted
            if (value := self._attributes.number(path)) is not None
        ]
        if not pairs:
            raise NothingToRead
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification("ksmd", FAMILIES, KsmdCollector, enabled=False)
