"""Software interrupts by CPU and kind, from /proc/softirqs (proc(5)); off by default."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters, cpus_of_heading, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/softirqs"
FUNCTIONS = Family(
    "node_softirqs_functions_total",
    "counter",
    "Softirq counts per CPU.",
    ("cpu", "type"),
    source=_SOURCE,
)
KINDS = frozenset(
    {
        *(b"HI", b"TIMER", b"NET_TX", b"NET_RX", b"BLOCK"),
        *(b"IRQ_POLL", b"TASKLET", b"SCHED", b"HRTIMER", b"RCU"),
    }
)


def parse(data: bytes) -> tuple[list[str], list[tuple[bytes, list[bytes]]]]:
    """The numbers of the CPUs, and each kind with its counts in their order.

    Raises:
        CollectorError: the file has no heading, or a line has not one count for each CPU.
    """
    heading, _, rest = data.partition(b"\n")
    cpus = cpus_of_heading(heading, _SOURCE)
    rows = []
    for line in rest.splitlines():
        name, *counts = line.split() or [b""]
        if name[-1:] != b":" or len(counts) != len(cpus):
            raise CollectorError(f"{_SOURCE}: expected a count for each CPU, found {shown(line)}")
        check_counters(counts, _SOURCE)
        rows.append((name[:-1], counts))
    return cpus, rows


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand; kinds that node_exporter does not know are left out, as there.

    Raises:
        CollectorError: see ``parse``.
    """
    cpus, rows = parse(texts[0])
    places = []
    word = len(cpus) + 1
    for name, _ in rows:
        if name in KINDS:
            kind = name.decode()
            places += [
                NumberPlace(Series(FUNCTIONS, (cpu, kind)), word + column)
                for column, cpu in enumerate(cpus)
            ]
        word += len(cpus) + 1
    return places


class SoftirqsCollector:
    """``node_softirqs_functions_total``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("softirqs")
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification("softirqs", (FUNCTIONS,), SoftirqsCollector, enabled=False)
