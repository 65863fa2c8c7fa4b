"""The random number generator's pool, from /proc/sys/kernel/random (random(4))."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, Layout
from exporter.sources import Sources
from exporter.tokens import unsigned

FOLDER = "sys/kernel/random"
AVAILABLE = Family(
    "node_entropy_available_bits",
    "gauge",
    "Bits of available entropy.",
    source=f"/proc/{FOLDER}/entropy_avail",
)
POOL = Family(
    "node_entropy_pool_size_bits",
    "gauge",
    "Bits of entropy pool.",
    source=f"/proc/{FOLDER}/poolsize",
)


class EntropyCollector:
    """``node_entropy_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._files = [sources.proc(f"{FOLDER}/{name}") for name in ("entropy_avail", "poolsize")]
        self._layout = Layout([Sample(AVAILABLE), Sample(POOL)])

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        values = [b"%d" % unsigned(file.read(), str(file.path)) for file in self._files]
        return [Block(self._layout, values)]


SPECIFICATION = CollectorSpecification("entropy", (AVAILABLE, POOL), EntropyCollector)
