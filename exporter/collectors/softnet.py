"""Packets between network card and stack by CPU, from /proc/net/softnet_stat.

The columns are hexadecimal; their order is that of softnet_seq_show() in the kernel's
net/core/net-procfs.c. The CPU's number is the 13th column since Linux 5.10.
"""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.families import Family, FamilyType, Sample
from exporter.rendering import Block, Layout
from exporter.sources import Sources
from exporter.tokens import shown

_SOURCE = "/proc/net/softnet_stat"


def _family(name: str, text: str, type_: FamilyType = "counter") -> Family:
    return Family(f"node_softnet_{name}", type_, text, ("cpu",), source=_SOURCE)


COLUMNS = {
    0: _family("processed_total", "Number of processed packets"),
    1: _family("dropped_total", "Number of dropped packets"),
    2: _family("times_squeezed_total", "Number of times processing packets ran out of quota"),
    8: _family(
        "cpu_collision_total",
        "Number of collision occur while obtaining device lock while transmitting",
    ),
    9: _family("received_rps_total", "Number of times cpu woken up received_rps"),
    10: _family("flow_limit_count_total", "Number of times flow limit has been reached"),
    11: _family("backlog_len", "Softnet backlog status", "gauge"),
}
CPU_COLUMN = 12
FEWEST_COLUMNS = 9


def parse(data: bytes) -> list[list[int]]:
    """The rows of /proc/net/softnet_stat; those without the CPU's number get the row's instead.

    Raises:
        CollectorError: a row is not understood, or the file is empty.
    """
    rows = []
    for number, line in enumerate(data.splitlines()):
        try:
            row = [int(column, 16) for column in line.split()]
        except ValueError as error:
            raise CollectorError(f"{_SOURCE}: expected numbers, found {shown(line)}") from error
        if len(row) < FEWEST_COLUMNS or min(row) < 0 or max(row) >= 2**64:
            raise CollectorError(f"{_SOURCE}: expected nine columns or more, found {shown(line)}")
        if len(row) <= CPU_COLUMN:
            del row[11:]
            row += [-1] * (CPU_COLUMN - len(row))
            row.append(number)
        rows.append(row)
    if not rows:
        raise CollectorError(f"{_SOURCE}: expected a row for each CPU, found none")
    return rows


class SoftnetCollector:
    """``node_softnet_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("net/softnet_stat")
        self._shape: tuple[list[int], list[int]] = ([], [])
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        rows = parse(self._file.read())
        cpus = [row[CPU_COLUMN] for row in rows]
        columns = [column for column in COLUMNS if min(row[column] for row in rows) >= 0]
        if (cpus, columns) != self._shape:
            self._layout = Layout(
                Sample(COLUMNS[column], (str(cpu),)) for column in columns for cpu in cpus
            )
            self._shape = (cpus, columns)
        return [Block(self._layout, [b"%d" % row[column] for column in columns for row in rows])]


SPECIFICATION = CollectorSpecification("softnet", tuple(COLUMNS.values()), SoftnetCollector)
