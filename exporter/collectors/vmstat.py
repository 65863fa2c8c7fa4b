"""Paging, reclaim and allocation counters, from /proc/vmstat (kernel: mm/vmstat.c)."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import compile_flag
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

FIELD = Family(
    "node_vmstat_{field}",
    "untyped",
    "/proc/vmstat information field {field}.",
    source="/proc/vmstat",
)
# What explains memory pressure; the fields that node_exporter shows by default are among them.
EXPLAINING = (
    *("oom_kill", "allocstall", "drop_"),
    *("pgpg", "pg.*fault"),  # paging
    *("pswp", "z?swp", "swap_ra"),  # swapping
    *("pgscan", "pgsteal", "pginodesteal", "slabs_scanned", "kswapd_", "pageoutrun"),  # reclaim
    *("pgrefill", "pg(de)?activate", "pgrotated", "pglazyfree", "zone_reclaim", "nr_vmscan_"),
    *("workingset_", "compact_", "thp_", "htlb_"),
    *("numa_", "pgmigrate", "pgpromote", "pgdemote"),  # balancing between nodes
)
FIELDS = Flag(
    "collector.vmstat.fields",
    f"^({'|'.join(EXPLAINING)}).*",
    "Regular expression of the fields to show; by default all that explain memory pressure.",
)


def parse(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Read the names and numbers of /proc/vmstat, in the file's order.

    Raises:
        CollectorError: a line is no name with a number, or there is none.
    """
    tokens = data.split()
    names, numbers = tokens[0::2], tokens[1::2]
    if not names or len(names) != len(numbers) or data.count(b"\n") != len(names):
        raise CollectorError("/proc/vmstat: expected lines 'name number'")
    check_counters(numbers, "/proc/vmstat")
    return names, numbers


class VmstatCollector:
    """``node_vmstat_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("vmstat")
        self._pattern = compile_flag(FIELDS, flags)
        self._series = NumberSeries(self._lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        names = [name.decode("utf-8", "replace") for name in parse(texts[0])[0]]
        return [
            NumberPlace(Series(FIELD.named(name)), 2 * i + 1)
            for i, name in enumerate(names)
            if self._pattern.search(name)
        ]


SPECIFICATION = CollectorSpecification("vmstat", (FIELD,), VmstatCollector, flags=(FIELDS,))
