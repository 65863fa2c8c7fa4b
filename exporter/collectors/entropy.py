"""The random number generator's pool, from /proc/sys/kernel/random (random(4))."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from exporter.sources.tokens import unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

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


def samples(texts: tuple[bytes, ...]) -> list[tuple[Series, bytes]]:
    """The series of the two files.

    Raises:
        CollectorError: one holds no number.
    """
    return [
        (Series(family), b"%d" % unsigned(text, family.source))
        for family, text in zip((AVAILABLE, POOL), texts, strict=True)
    ]


class EntropyCollector:
    """``node_entropy_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._available = sources.proc(f"{FOLDER}/entropy_avail")
        self._pool = sources.proc(f"{FOLDER}/poolsize")
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block((self._available.read(), self._pool.read()))]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return Steadiness([SteadyPart((self._available, self._pool))])


SPECIFICATION = CollectorSpecification("entropy", (AVAILABLE, POOL), EntropyCollector)
