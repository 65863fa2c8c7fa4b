"""Interrupts, context switches, forks, boot time and run queue, from /proc/stat (proc(5))."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.own_threads import counted_in
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/stat"
INTERRUPTS = Family(
    "node_intr_total", "counter", "Total number of interrupts serviced.", source=_SOURCE
)
CONTEXT_SWITCHES = Family(
    "node_context_switches_total", "counter", "Total number of context switches.", source=_SOURCE
)
FORKS = Family("node_forks_total", "counter", "Total number of forks.", source=_SOURCE)
BOOT_TIME = Family(
    "node_boot_time_seconds",
    "gauge",
    "Node boot time, in unixtime.",
    unit="seconds",
    source=_SOURCE,
)
RUNNING = Family(
    "node_procs_running", "gauge", "Number of processes in runnable state.", source=_SOURCE
)
BLOCKED = Family(
    "node_procs_blocked",
    "gauge",
    "Number of processes blocked waiting for I/O to complete.",
    source=_SOURCE,
)
SOFTIRQS = Family(
    "node_softirqs_total", "counter", "Number of softirq calls.", ("vector",), source=_SOURCE
)
SOFTIRQ = Flag("collector.stat.softirq", False, "Show softirq calls by vector.")

FIELDS = {
    b"intr": INTERRUPTS,
    b"ctxt": CONTEXT_SWITCHES,
    b"processes": FORKS,
    b"btime": BOOT_TIME,
    b"procs_running": RUNNING,
    b"procs_blocked": BLOCKED,
}
# The order of the columns, from the kernel's include/linux/interrupt.h.
VECTORS = (
    "hi timer net_tx net_rx block block_iopoll tasklet sched hrtimer rcu".split()  # noqa: SIM905
)


def parse(data: bytes) -> tuple[dict[bytes, bytes], list[bytes]]:
    """Read the single numbers of /proc/stat, and its softirq calls by vector.

    Returns:
        The number of each field of ``FIELDS`` that the file has, and the columns of the line
        ``softirq`` without their sum (empty when there is none).

    Raises:
        CollectorError: a number is none, or no field is there.
    """
    found = {}
    softirqs: list[bytes] = []
    for line in data.split(b"\n"):
        name, _, rest = line.partition(b" ")
        if name in FIELDS:
            # The line of interrupts goes on with thousands of columns; only their sum is wanted.
            found[name] = rest.partition(b" ")[0]
        elif name == b"softirq":
            softirqs = rest.split()[1:]
    if not found:
        raise CollectorError("/proc/stat: expected the fields ctxt, btime, processes, found none")
    if not all(found.values()):
        raise CollectorError("/proc/stat: expected a number behind each name, found none")
    check_counters(list(found.values()), "/proc/stat")
    check_counters(softirqs, "/proc/stat: softirq")
    return found, softirqs


class StatCollector:
    """The single numbers of /proc/stat."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("stat")
        self._own_threads = counted_in(sources.paths.procfs)
        self._softirq = bool(flags[SOFTIRQ.variable])
        self._series = NumberSeries(self._lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        found, softirqs = parse(texts[0])
        where: dict[bytes, int] = {}
        word = 0
        for line in texts[0].split(b"\n"):
            name = line.partition(b" ")[0]
            if name in found or name == b"softirq":
                where[name] = word + 1
            word += len(line.split())
        # The thread that reads the file is no load of the machine's.
        own = {b"procs_running": self._own_threads}
        places = [
            NumberPlace(Series(FIELDS[name]), where[name], less=own.get(name, 0)) for name in found
        ]
        if self._softirq:
            # The first number is the sum of the others.
            places += [
                NumberPlace(Series(SOFTIRQS, (vector,)), where[b"softirq"] + 1 + i)
                for i, (vector, _) in enumerate(zip(VECTORS, softirqs, strict=False))
            ]
        return places


SPECIFICATION = CollectorSpecification(
    "stat", (*FIELDS.values(), SOFTIRQS), StatCollector, flags=(SOFTIRQ,)
)
