"""Counters of the kernel's network caches by CPU, from /proc/net/stat (lnstat(8)).

Every file has a heading and a line of hexadecimal numbers for each CPU that can be there.
"""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "/proc/net/stat"
# node_exporter takes all of them for counters, the numbers of entries, too.
FIELD = Family(
    "node_lnstat_{field}_total",
    "counter",
    "linux network cache stats",
    ("subsystem", "cpu"),
    source=f"{_SOURCE}/*",
)


def samples(name: str, data: bytes) -> list[tuple[Series, bytes]]:
    """The series of a file: its columns, and the number of the line as the CPU's.

    Raises:
        CollectorError: a line has more columns than the heading, or no hexadecimal numbers.
    """
    heading, *rows = data.splitlines() or [b""]
    families = [FIELD.named(field.decode("utf-8", "replace")) for field in heading.split()]
    pairs = []
    for cpu, row in enumerate(rows):
        columns = row.split()
        if len(columns) > len(families):
            raise CollectorError(
                f"{_SOURCE}/{name}: expected {len(families)} columns, found {shown(row)}"
            )
        for family, column in zip(families, columns, strict=False):
            try:
                value = int(column, 16)
            except ValueError as error:
                found = f"{_SOURCE}/{name}: expected hexadecimal numbers, found {shown(row)}"
                raise CollectorError(found) from error
            pairs.append((Series(family, (name, str(cpu))), b"%d" % value))
    return pairs


class LnstatCollector:
    """``node_lnstat_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._sources = sources
        # Any file there tells where the folder is, which may be that of another process.
        self._folder = sources.proc("net/stat/rt_cache").path.parent
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            names = sorted(path.name for path in self._folder.iterdir())
        except FileNotFoundError as error:
            raise NothingToRead from error
        pairs = []
        for name in names:
            pairs += samples(name, self._sources.proc(f"net/stat/{name}").read())
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification("lnstat", (FIELD,), LnstatCollector, enabled=False)
