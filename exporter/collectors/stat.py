"""Interrupts, context switches, forks, boot time and run queue, from /proc/stat (proc(5))."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.families import Family, Sample
from exporter.own_threads import counted_in
from exporter.rendering import Block, Layout
from exporter.sources import Sources
from exporter.tokens import check_counters

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
        self._shape: tuple[tuple[bytes, ...], int] | None = None
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        found, softirqs = parse(self._file.read())
        if self._own_threads and b"procs_running" in found:
            # The thread that reads the file is no load of the machine's.
            running = int(found[b"procs_running"]) - self._own_threads
            found[b"procs_running"] = b"%d" % max(0, running)
        softirqs = softirqs[: len(VECTORS)] if self._softirq else []
        shape = (tuple(found), len(softirqs))
        if shape != self._shape:
            samples = [Sample(FIELDS[name]) for name in found]
            samples += [Sample(SOFTIRQS, (vector,)) for vector in VECTORS[: len(softirqs)]]
            self._layout = Layout(samples)
            self._shape = shape
        return [Block(self._layout, [*found.values(), *softirqs])]


SPECIFICATION = CollectorSpecification(
    "stat", (*FIELDS.values(), SOFTIRQS), StatCollector, flags=(SOFTIRQ,)
)
