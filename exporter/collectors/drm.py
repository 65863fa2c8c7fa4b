"""Graphics cards of AMD, from /sys/class/drm (kernel: gpu/amdgpu, thermal and driver-misc)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

FOLDER = "class/drm"


def _family(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    unit = "bytes" if name.endswith("_bytes") else ""
    source = f"/sys/{FOLDER}/*/device"
    return Family(f"node_drm_{name}", "gauge", text, ("card", *labels), unit, source)


INFO = _family(
    "card_info",
    "Card information",
    ("memory_vendor", "power_performance_level", "unique_id", "vendor"),
)
_TEXTS = ("mem_info_vram_vendor", "power_dpm_force_performance_level", "unique_id")
# By attribute.
NUMBERS = {
    "gpu_busy_percent": _family("gpu_busy_percent", "How busy the GPU is as a percentage."),
    "mem_info_gtt_total": _family(
        "memory_gtt_size_bytes",
        "The size of the graphics translation table (GTT) block in bytes.",
    ),
    "mem_info_gtt_used": _family(
        "memory_gtt_used_bytes",
        "The used amount of the graphics translation table (GTT) block in bytes.",
    ),
    "mem_info_vis_vram_total": _family(
        "memory_vis_vram_size_bytes", "The size of visible VRAM in bytes."
    ),
    "mem_info_vis_vram_used": _family(
        "memory_vis_vram_used_bytes", "The used amount of visible VRAM in bytes."
    ),
    "mem_info_vram_total": _family("memory_vram_size_bytes", "The size of VRAM in bytes."),
    "mem_info_vram_used": _family("memory_vram_used_bytes", "The used amount of VRAM in bytes."),
}
FAMILIES = (INFO, *NUMBERS.values())
# node_exporter shows no card beyond the tenth.
_CARD = re.compile(r"card[0-9]+")
_DRIVER = b"DRIVER=amdgpu"


class DrmCollector:
    """``node_drm_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = []
        for name in self._attributes.present(self._folder, "card"):
            if _CARD.fullmatch(name):
                pairs += self._card(name)
        if not pairs:
            raise NothingToRead
        return [self._series.block(pairs)]

    def _card(self, name: str) -> list[tuple[Series, bytes]]:
        folder = f"{self._folder}/{name}/device"
        events = self._attributes.read(f"{folder}/uevent") or b""
        if _DRIVER not in events.splitlines():
            return []
        texts = (self._attributes.text(f"{folder}/{attribute}") for attribute in _TEXTS)
        pairs = [(Series(INFO, (name, *texts, "amd")), b"1")]
        for attribute, family in NUMBERS.items():
            number = self._attributes.number(f"{folder}/{attribute}")
            if number is not None:
                pairs.append((Series(family, (name,)), number))
        return pairs


SPECIFICATION = CollectorSpecification("drm", FAMILIES, DrmCollector, enabled=False)
