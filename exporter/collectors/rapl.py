"""Energy used by the CPUs, from /sys/class/powercap (kernel: power/powercap/powercap.rst)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flag, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/powercap"
_SOURCE = f"/sys/{FOLDER}/*/energy_uj"
ZONE_JOULES = Family(
    "node_rapl_{field}_joules_total",
    "counter",
    "Current RAPL {field} value in joules",
    ("index", "path"),
    "joules",
    _SOURCE,
)
JOULES = Family(
    "node_rapl_joules_total",
    "counter",
    "Current RAPL value in joules",
    ("index", "path", "rapl_zone"),
    "joules",
    _SOURCE,
)
ZONE_LABEL = Flag(
    "collector.rapl.enable-zone-label",
    False,
    "Show node_rapl_joules_total with the zone as a label, instead of a family for each zone.",
)
MICROJOULES = b"e-6"
_INDEXED = re.compile(r"([^-]*)-([+-]?[0-9]+)")

# Name, index among those of that name, path, microjoules.
Zone = tuple[str, int, str, bytes]


def name_and_index(text: str, used: dict[str, int]) -> tuple[str, int]:
    """``package-0`` is zone 0 of ``package``; a zone without a number is the next of its name."""
    match = _INDEXED.fullmatch(text)
    name, index = (match[1], int(match[2])) if match else (text, used.get(text, 0))
    used[name] = index + 1
    return name, index


def samples(zones: list[Zone], *, labelled: bool) -> list[tuple[Series, bytes]]:
    """The series of these zones."""
    pairs = []
    for name, index, path, microjoules in zones:
        labels = (str(index), path)
        series = (
            Series(JOULES, (*labels, name), MICROJOULES)
            if labelled
            else Series(ZONE_JOULES.named(name), labels, MICROJOULES)
        )
        pairs.append((series, microjoules))
    return pairs


class RaplCollector:
    """``node_rapl_*``. Since Linux 5.10 only root may read the counters."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        labelled = bool(flags[ZONE_LABEL.variable])
        self._series = FactSeries[list[Zone]](lambda zones: samples(zones, labelled=labelled))

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            entries = self._attributes.names(self._folder)
        except (FileNotFoundError, PermissionError) as error:
            raise NothingToRead from error
        used: dict[str, int] = {}
        zones: list[Zone] = []
        for entry in entries:
            folder = f"{self._folder}/{entry}"
            text = self._attributes.text(f"{folder}/name")
            if not text:
                continue
            microjoules = self._attributes.number(f"{folder}/energy_uj")
            if microjoules is None:
                raise NothingToRead
            zones.append((*name_and_index(text, used), folder, microjoules))
        return [self._series.block(zones)]


SPECIFICATION = CollectorSpecification(
    "rapl", (ZONE_JOULES, JOULES), RaplCollector, flags=(ZONE_LABEL,)
)
