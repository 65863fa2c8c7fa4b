"""Memory errors, from /sys/devices/system/edac/mc (kernel: admin-guide/ras.rst)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries, as_they_are

FOLDER = "devices/system/edac/mc"


def _family(name: str, of: str, labels: tuple[str, ...]) -> Family:
    kind = "uncorrectable" if "uncorrectable" in name else "correctable"
    text = f"Total {kind} memory errors{of}."
    return Family(
        f"node_edac_{name}_errors_total", "counter", text, labels, source=f"/sys/{FOLDER}"
    )


_ROW = ("controller", "csrow")
_CHANNEL = (*_ROW, "channel", "dimm_label")
CORRECTED = _family("correctable", "", ("controller",))
UNCORRECTED = _family("uncorrectable", "", ("controller",))
ROW_CORRECTED = _family("csrow_correctable", " for this csrow", _ROW)
ROW_UNCORRECTED = _family("csrow_uncorrectable", " for this csrow", _ROW)
CHANNEL_CORRECTED = _family("channel_correctable", " for this channel", _CHANNEL)
CHANNEL_UNCORRECTED = _family("channel_uncorrectable", " for this channel", _CHANNEL)
FAMILIES = (
    CORRECTED,
    UNCORRECTED,
    ROW_CORRECTED,
    ROW_UNCORRECTED,
    CHANNEL_CORRECTED,
    CHANNEL_UNCORRECTED,
)
_CHANNEL_FILE = re.compile(r"ch([0-9]+)_ce_count")

Pair = tuple[Series, bytes]


def dimm_label(text: str) -> str:
    """The name of a memory module as node_exporter shows it: ``CPU#0Channel0`` without hashes."""
    if not text:
        return "unknown"
    return text.replace("#", "").replace("csrow", "_csrow").replace("channel", "_channel")


class EdacCollector:
    """``node_edac_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(as_they_are)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.if_present(self._folder, "mc")
        pairs: list[Pair] = []
        for name in names:
            if name[2:].isdigit():
                pairs += self._controller(f"{self._folder}/{name}", name[2:])
        return [self._series.block(pairs)]

    def _controller(self, folder: str, controller: str) -> list[Pair]:
        count = self._attributes.needed_number
        labels = (controller, "unknown")
        pairs = [
            (Series(CORRECTED, (controller,)), count(f"{folder}/ce_count")),
            (Series(ROW_CORRECTED, labels), count(f"{folder}/ce_noinfo_count")),
            (Series(UNCORRECTED, (controller,)), count(f"{folder}/ue_count")),
            (Series(ROW_UNCORRECTED, labels), count(f"{folder}/ue_noinfo_count")),
        ]
        for name in self._attributes.names(folder, "csrow"):
            if name[5:].isdigit():
                pairs += self._row(f"{folder}/{name}", (controller, name[5:]))
        return pairs

    def _row(self, folder: str, labels: tuple[str, str]) -> list[Pair]:
        count = self._attributes.needed_number
        pairs = [
            (Series(ROW_CORRECTED, labels), count(f"{folder}/ce_count")),
            (Series(ROW_UNCORRECTED, labels), count(f"{folder}/ue_count")),
        ]
        for name in self._attributes.names(folder, "ch"):
            match = _CHANNEL_FILE.fullmatch(name)
            if match is None:
                continue
            label = dimm_label(self._attributes.text(f"{folder}/ch{match[1]}_dimm_label"))
            channel = (*labels, match[1], label)
            pairs.append((Series(CHANNEL_CORRECTED, channel), count(f"{folder}/{name}")))
            uncorrected = self._attributes.number(f"{folder}/ch{match[1]}_ue_count")
            if uncorrected is not None:
                pairs.append((Series(CHANNEL_UNCORRECTED, channel), uncorrected))
        return pairs


SPECIFICATION = CollectorSpecification("edac", FAMILIES, EdacCollector)
