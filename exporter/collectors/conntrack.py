"""Connection tracking, from /proc/sys/net/netfilter and /proc/net/stat/nf_conntrack."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from exporter.sources.tokens import shown, unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

_STAT = "/proc/net/stat/nf_conntrack"
ENTRIES = Family(
    "node_nf_conntrack_entries",
    "gauge",
    "Number of currently allocated flow entries for connection tracking.",
    source="/proc/sys/net/netfilter/nf_conntrack_count",
)
LIMIT = Family(
    "node_nf_conntrack_entries_limit",
    "gauge",
    "Maximum size of connection tracking table.",
    source="/proc/sys/net/netfilter/nf_conntrack_max",
)
# node_exporter's type of these counters is gauge.
COLUMNS = {
    name.encode(): Family(f"node_nf_conntrack_stat_{name}", "gauge", text, source=_STAT)
    for name, text in {
        "found": "Number of searched entries which were successful.",
        "invalid": "Number of packets seen which can not be tracked.",
        "ignore": "Number of packets seen which are already connected to a conntrack entry.",
        "insert": "Number of entries inserted into the list.",
        "insert_failed": ("Number of entries for which list insertion was attempted but failed."),
        "drop": "Number of packets dropped due to conntrack failure.",
        "early_drop": (
            "Number of dropped conntrack entries to make room for new ones, if maximum table size "
            "was reached."
        ),
        "search_restart": (
            "Number of conntrack table lookups which had to be restarted due to hashtable resizes."
        ),
    }.items()
}


def parse(data: bytes) -> dict[bytes, int]:
    """Sum the columns of /proc/net/stat/nf_conntrack over the CPUs; its numbers are hexadecimal.

    Raises:
        CollectorError: a row does not fit the heading, or is no row of numbers.
    """
    heading, *rows = data.rstrip(b"\n").split(b"\n")
    names = heading.split()
    if b"found" not in names:
        raise CollectorError(f"{_STAT}: expected its heading, found {shown(heading)}")
    sums = dict.fromkeys(names, 0)
    for row in rows:
        columns = row.split()
        if len(columns) != len(names):
            raise CollectorError(f"{_STAT}: expected {len(names)} columns, found {shown(row)}")
        try:
            for name, column in zip(names, columns, strict=True):
                sums[name] += int(column, 16)
        except ValueError as error:
            raise CollectorError(f"{_STAT}: expected numbers, found {shown(row)}") from error
    if min(sums.values()) < 0 or max(sums.values()) >= 2**64:
        raise CollectorError(f"{_STAT}: expected counters, found a sum of more than 64 bits")
    return {name: value for name, value in sums.items() if name in COLUMNS}


def samples(texts: tuple[bytes, bytes, bytes]) -> list[tuple[Series, bytes]]:
    """The series of the three files: entries, their limit, and the counters by CPU.

    Raises:
        CollectorError: one of them is not understood.
    """
    pairs = [
        (Series(ENTRIES), unsigned(texts[0], ENTRIES.source)),
        (Series(LIMIT), unsigned(texts[1], LIMIT.source)),
        *((Series(COLUMNS[name]), value) for name, value in parse(texts[2]).items()),
    ]
    return [(series, b"%d" % value) for series, value in pairs]


class ConntrackCollector:
    """``node_nf_conntrack_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._count = sources.proc("sys/net/netfilter/nf_conntrack_count")
        self._limit = sources.proc("sys/net/netfilter/nf_conntrack_max")
        self._stat = sources.proc("net/stat/nf_conntrack")
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            texts = (self._count.read(), self._limit.read(), self._stat.read())
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [self._series.block(texts)]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return Steadiness([SteadyPart((self._count, self._limit, self._stat))])


SPECIFICATION = CollectorSpecification(
    "conntrack", (ENTRIES, LIMIT, *COLUMNS.values()), ConntrackCollector
)
