"""How many processes and threads there are, by state, from /proc/PID/stat (proc(5)).

Off by default: it opens a file of each process, and of each thread where there are several.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.tokens import shown, unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries


def _family(name: str, text: str, labels: tuple[str, ...] = (), source: str = "") -> Family:
    return Family(f"node_processes_{name}", "gauge", text, labels, source=source or "/proc/*/stat")


THREADS = _family("threads", "Allocated threads in system")
MAX_THREADS = _family(
    "max_threads", "Limit of threads in the system", source="/proc/sys/kernel/threads-max"
)
STATES = _family("state", "Number of processes in each state.", ("state",))
THREAD_STATES = _family(
    "threads_state",
    "Number of threads in each state.",
    ("thread_state",),
    source="/proc/*/task/*/stat",
)
PIDS = _family("pids", "Number of PIDs")
MAX_PIDS = _family("max_processes", "Number of max PIDs limit", source="/proc/sys/kernel/pid_max")
# Counted behind the command's name.
_STATE, _NUM_THREADS = 0, 17
# Its numbers are far shorter; the command's name has 64 bytes at most.
_LONGEST = 1024
_GONE = frozenset({errno.ENOENT, errno.ESRCH})


class Tally(NamedTuple):
    """Processes by state, threads by state, and the threads that the processes say they have."""

    processes: Counter[str]
    states: Counter[str]
    threads: int


def parse(data: bytes) -> tuple[str, int]:
    """The state of a process, and how many threads it has.

    Raises:
        CollectorError: it is no /proc/PID/stat.
    """
    # The command's name may hold brackets and spaces.
    fields = data[data.rfind(b")") + 1 :].split(None, _NUM_THREADS + 1)
    if len(fields) <= _NUM_THREADS or len(fields[_STATE]) != 1:
        raise CollectorError(f"/proc/PID/stat: expected a state and threads, found {shown(data)}")
    threads = unsigned(fields[_NUM_THREADS], "/proc/PID/stat: threads")
    return fields[_STATE].decode("ascii", "replace"), threads


def _read(path: str) -> bytes | None:
    """A file of a process; None when the process is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise
    try:
        return os.read(descriptor, _LONGEST)
    except ProcessLookupError:
        return None
    finally:
        os.close(descriptor)


def _numbered(folder: str) -> list[str]:
    """The entries of a folder that are numbers; none when the process is gone."""
    try:
        return [name for name in os.listdir(folder) if name.isdigit()]  # noqa: PTH208
    except OSError as error:
        if error.errno in _GONE:
            return []
        raise


def look(procfs: str) -> Tally:
    """All processes and threads of now; those that end meanwhile are left out.

    Raises:
        CollectorError: a file is not understood.
        OSError: one cannot be read.
    """
    processes: Counter[str] = Counter()
    states: Counter[str] = Counter()
    total = 0
    for process in _numbered(procfs):
        stat = _read(f"{procfs}/{process}/stat")
        if stat is None:
            continue
        state, threads = parse(stat)
        processes[state] += 1
        states[state] += 1
        total += threads
        if threads > 1:
            tasks = f"{procfs}/{process}/task"
            for thread in _numbered(tasks):
                if thread != process and (stat := _read(f"{tasks}/{thread}/stat")) is not None:
                    states[parse(stat)[0]] += 1
    return Tally(processes, states, total)


def samples(facts: tuple[Tally, int, int]) -> list[tuple[Series, bytes]]:
    """The series of a tally, of the limit of threads and of that of processes."""
    tally, most_threads, most_processes = facts
    return [
        (Series(THREADS), b"%d" % tally.threads),
        (Series(MAX_THREADS), b"%d" % most_threads),
        *((Series(STATES, (state,)), b"%d" % n) for state, n in sorted(tally.processes.items())),
        *((Series(THREAD_STATES, (one,)), b"%d" % n) for one, n in sorted(tally.states.items())),
        (Series(PIDS), b"%d" % tally.processes.total()),
        (Series(MAX_PIDS), b"%d" % most_processes),
    ]


class ProcessesCollector:
    """``node_processes_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._procfs = str(sources.paths.procfs)
        self._limits = [sources.proc(f"sys/kernel/{name}") for name in ("threads-max", "pid_max")]
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        threads, processes = (unsigned(file.read(), str(file.path)) for file in self._limits)
        return [self._series.block((look(self._procfs), threads, processes))]


SPECIFICATION = CollectorSpecification(
    "processes",
    (THREADS, MAX_THREADS, STATES, THREAD_STATES, PIDS, MAX_PIDS),
    ProcessesCollector,
    enabled=False,
)
