"""The kernel's caches of objects, from /proc/slabinfo (slabinfo(5)); off by default, needs root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/slabinfo"


def _family(name: str, text: str, unit: str = "") -> Family:
    return Family(f"node_slabinfo_{name}", "gauge", text, ("slab",), unit, _SOURCE)


# In the order of the columns behind a cache's name.
COLUMNS = (
    _family("active_objects", "The number of objects that are currently active (i.e., in use)."),
    _family(
        "objects",
        "The total number of allocated objects (i.e., objects that are both in use and not in "
        "use).",
    ),
    _family("object_size_bytes", "The size of objects in this slab, in bytes.", "bytes"),
    _family("objects_per_slab", "The number of objects stored in each slab."),
    _family("pages_per_slab", "The number of pages allocated for each slab."),
)
INCLUDE = Flag("collector.slabinfo.slabs-include", ".*", "Regular expression of slabs to show.")
EXCLUDE = Flag("collector.slabinfo.slabs-exclude", "", "Regular expression of slabs to leave out.")
_WORDS_OF_A_LINE = 16


class Slab(NamedTuple):
    """A cache: its name, the numbers of ``COLUMNS``, and which word of the text its name is."""

    name: str
    numbers: list[bytes]
    word: int


def parse(data: bytes) -> list[Slab]:
    """The caches of /proc/slabinfo, version 2.1.

    Raises:
        CollectorError: a line has not the words of a cache, or the heading is missing.
    """
    slabs = []
    word = 0
    if not data.startswith(b"slabinfo - version: 2"):
        raise CollectorError(f"{_SOURCE}: expected version 2.1, found {shown(data)}")
    for line in data.splitlines():
        words = line.split()
        if not line.startswith((b"slabinfo -", b"# name")):
            if len(words) != _WORDS_OF_A_LINE:
                raise CollectorError(f"{_SOURCE}: expected a slab's 16 words, found {shown(line)}")
            numbers = words[1 : 1 + len(COLUMNS)]
            check_counters(numbers, _SOURCE)
            slabs.append(Slab(words[0].decode("utf-8", "replace"), numbers, word))
        word += len(words)
    return slabs


class SlabinfoCollector:
    """``node_slabinfo_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("slabinfo", longest_line=512)
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
        self._series = NumberSeries(self._lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        slabs = parse(texts[0])
        shown_slabs = [slab for slab in slabs if self._filter(slab.name)]
        # A name may look like a number, and is to stay what it is.
        places = [NumberPlace(None, slab.word) for slab in slabs]
        for column, family in enumerate(COLUMNS, 1):
            places += [
                NumberPlace(Series(family, (slab.name,)), slab.word + column)
                for slab in shown_slabs
            ]
        return places


SPECIFICATION = CollectorSpecification(
    "slabinfo", COLUMNS, SlabinfoCollector, flags=(INCLUDE, EXCLUDE), enabled=False
)
