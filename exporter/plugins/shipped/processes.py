"""The plug-in ``processes``: the largest groups of processes, as psutil tells of each process."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping

import psutil
from prometheus_client.core import Metric

from exporter.collecting import Flags
from exporter.plugins.settings import TOP
from exporter.plugins.shipped import families
from exporter.plugins.shipped.metric_families import empty, of_one
from exporter.plugins.shipped.process_groups import ProcessGroup, ProcessGroups, ProcessLook
from exporter.sources.files import Paths

LOG = logging.getLogger(__name__)

Known = Mapping[psutil.Process, float]


def look_at(process: psutil.Process, known: Known) -> ProcessLook:
    """A process as it is now.

    Args:
        process: its number and when it began, by which psutil tells it from others.
        known: when processes began, in unixtime, as far as they were looked at before; each time
            that psutil is asked it reads the moment of the boot.

    Raises:
        psutil.Error: it has ended, or nothing of it may be read.
    """
    with process.oneshot():
        times, memory = process.cpu_times(), process.memory_info()
        name = process.name()
        if not memory.vms:
            # A thread of the kernel, which has numbers and devices in its name: kworker/0:1.
            name = name.partition("/")[0]
        io, hidden = None, False
        try:
            counters = process.io_counters()
            io = (counters.read_bytes, counters.write_bytes)
        except psutil.AccessDenied:
            hidden = True
        except psutil.ZombieProcess:
            # It has ended; its parent has not asked for its status yet.
            pass
        return ProcessLook(
            process,
            name,
            times.user,
            times.system,
            memory.rss,
            memory.vms,
            known.get(process) or process.create_time(),
            io,
            hidden,
        )


def look_at_all(known: Known) -> Iterator[ProcessLook]:
    """All processes that there are; what ends meanwhile is left out."""
    for pid in psutil.pids():
        try:
            yield look_at(psutil.Process(pid), known)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


class ProcessCollector:
    """The largest groups of processes.

    Args:
        top: how many groups are shown by CPU time, as many by memory, and as many by I/O.
    """

    def __init__(self, top: int) -> None:
        self._top = top
        self._groups = ProcessGroups()
        self._known: dict[psutil.Process, float] = {}
        self._told = False

    def collect(self) -> Iterator[Metric]:
        """The families of now; see prometheus_client."""
        looks = list(look_at_all(self._known))
        self._known = {look.identity: look.started for look in looks}
        self._groups.update(looks, time.time())
        hidden = sum(look.io_hidden for look in looks)
        if hidden and not self._told:
            text = "the I/O of %d of %d processes cannot be read: it needs CAP_SYS_PTRACE"
            LOG.warning(text, hidden, len(looks))
            self._told = True
        yield from of_groups(self._groups.largest(self._top))
        yield of_one(families.GROUPS, self._groups.living)
        yield of_one(families.UNREADABLE, hidden)


def of_groups(groups: list[ProcessGroup]) -> list[Metric]:
    """The families of these groups."""
    processes, cpu, memory = map(empty, (families.PROCESSES, families.CPU, families.MEMORY))
    read, written, oldest = map(empty, (families.READ, families.WRITTEN, families.OLDEST))
    for group in groups:
        name = group.name
        # The kernel tells hundredths; their sums in binary fractions are seldom exact.
        processes.add_metric((name,), group.processes)
        cpu.add_metric((name, "user"), round(group.user_seconds, 2))
        cpu.add_metric((name, "system"), round(group.system_seconds, 2))
        memory.add_metric((name, "resident"), group.resident_bytes)
        memory.add_metric((name, "virtual"), group.virtual_bytes)
        if not group.io_hidden:
            read.add_metric((name,), group.read_bytes)
            written.add_metric((name,), group.written_bytes)
        if group.oldest is not None:
            oldest.add_metric((name,), group.oldest)
    return [processes, cpu, memory, read, written, oldest]


def make(flags: Flags, paths: Paths) -> ProcessCollector:
    """The plug-in, for the processes below ``--path.procfs``."""
    psutil.PROCFS_PATH = str(paths.procfs)
    return ProcessCollector(flags[TOP.variable])
