"""The exporter's own process, under the names of Prometheus' client libraries.

prometheus-client has such a collector, but loading it costs 4 MB of resident memory, a sixth of
what the whole exporter may have.
"""

from __future__ import annotations

import os
import resource
import time
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, Layout, format_value

DISABLED = Flag(
    "web.disable-exporter-metrics",
    False,
    "Do not show the exporter's own process (process_*), unless --collector.process is given.",
)


def _family(name: str, type_: FamilyType, text: str, unit: str = "") -> Family:
    return Family(f"process_{name}", type_, text, (), unit, "/proc/self")


FAMILIES = (
    _family(
        "cpu_seconds_total",
        "counter",
        "Total user and system CPU time spent in seconds.",
        "seconds",
    ),
    _family("max_fds", "gauge", "Maximum number of open file descriptors."),
    _family("open_fds", "gauge", "Number of open file descriptors."),
    _family("resident_memory_bytes", "gauge", "Resident memory size in bytes.", "bytes"),
    _family(
        "start_time_seconds",
        "gauge",
        "Start time of the process since unix epoch in seconds.",
        "seconds",
    ),
    _family("virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", "bytes"),
    _family(
        "virtual_memory_max_bytes",
        "gauge",
        "Maximum amount of virtual memory available in bytes.",
        "bytes",
    ),
)
# No limit, as Prometheus' client for Go writes it: the largest number of 64 bits.
UNLIMITED = b"1.8446744073709552e+19"


class ProcessStat(NamedTuple):
    """Of /proc/self/stat: start in ticks after boot, virtual size in bytes, resident pages."""

    start_ticks: int
    virtual_bytes: int
    resident_pages: int


def parse(data: bytes) -> ProcessStat:
    """Read /proc/PID/stat (proc(5)); the command's name may hold spaces and brackets.

    Raises:
        CollectorError: it has not the fields.
    """
    fields = data[data.rfind(b")") + 1 :].split()
    try:
        return ProcessStat(int(fields[19]), int(fields[20]), int(fields[21]))
    except (IndexError, ValueError) as error:
        raise CollectorError("/proc/self/stat: expected at least 24 fields of numbers") from error


def open_files() -> int:
    """How many descriptors this process has open."""
    # The folder's size is their number since Linux 6.2, and 0 before.
    size = os.stat("/proc/self/fd").st_size  # noqa: PTH116 - without the cost of a Path
    if size:
        return size
    # The listing's own descriptor is not counted.
    return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - a tenth of the cost


class ProcessCollector:
    """``process_*``. Reads the real /proc, wherever the described machine's is mounted."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources, flags
        # The process's own files are no part of the described machine's trees. They are kept open
        # here, which is right for /proc/self too: the process does not change.
        self._stat = os.open("/proc/self/stat", os.O_RDONLY | os.O_CLOEXEC)
        self._page_bytes = resource.getpagesize()
        self._layout = Layout(Series(family) for family in FAMILIES)
        started = parse(self._read()).start_ticks / os.sysconf("SC_CLK_TCK")
        boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        self._started = format_value(round(boot + started, 2))

    def _read(self) -> bytes:
        return os.pread(self._stat, 4096, 0)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        stat = parse(self._read())
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        space = resource.getrlimit(resource.RLIMIT_AS)[0]
        values = [
            b"%.6f" % time.process_time(),
            b"%d" % limit if limit >= 0 else b"+Inf",
            b"%d" % open_files(),
            b"%d" % (stat.resident_pages * self._page_bytes),
            self._started,
            b"%d" % stat.virtual_bytes,
            b"%d" % space if space >= 0 else UNLIMITED,
        ]
        return [Block(self._layout, values)]


SPECIFICATION = CollectorSpecification("process", FAMILIES, ProcessCollector, disabled_by=DISABLED)
