"""How many control groups each controller has, from /proc/cgroups (cgroups(7)).

Not to be taken for ``cgroup``, which shows containers.
"""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "/proc/cgroups"
_HELP = "Current cgroup number of the subsystem."
GROUPS = Family("node_cgroups_cgroups", "gauge", _HELP, ("subsys_name",), source=_SOURCE)
# node_exporter's HELP of both is the same.
ENABLED = Family("node_cgroups_enabled", "gauge", _HELP, ("subsys_name",), source=_SOURCE)


def samples(data: bytes) -> list[tuple[Series, bytes]]:
    """The series of /proc/cgroups: a line a controller, with hierarchy, groups and a switch.

    Raises:
        CollectorError: a line is not understood, or there is none.
    """
    pairs = []
    for line in data.splitlines():
        if line.startswith(b"#"):
            continue
        columns = line.split()
        if len(columns) < 4:
            raise CollectorError(f"{_SOURCE}: expected four columns, found {shown(line)}")
        check_counters(columns[1:4], _SOURCE)
        name = (columns[0].decode("utf-8", "replace"),)
        pairs += [(Series(GROUPS, name), columns[2]), (Series(ENABLED, name), columns[3])]
    if not pairs:
        raise CollectorError(f"{_SOURCE}: expected a line for each controller, found none")
    return pairs


class CgroupsCollector:
    """``node_cgroups_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("cgroups")
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            data = self._file.read()
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [self._series.block(samples(data))]


SPECIFICATION = CollectorSpecification(
    "cgroups", (GROUPS, ENABLED), CgroupsCollector, enabled=False
)
