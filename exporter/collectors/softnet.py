"""Packets between network card and stack by CPU, from /proc/net/softnet_stat.

The columns are hexadecimal; their order is that of softnet_seq_show() in the kernel's
net/core/net-procfs.c. The CPU's number is the 13th column since Linux 5.10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block

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
_HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{1,16}")


def parse(data: bytes) -> list[list[int]]:
    """The rows of /proc/net/softnet_stat; those without the CPU's number get the row's instead.

    Raises:
        CollectorError: a row is not understood, or the file is empty.
    """
    rows = []
    for number, line in enumerate(data.splitlines()):
        columns = line.split()
        if not all(map(_HEXADECIMAL.fullmatch, columns)):
            raise CollectorError(f"{_SOURCE}: expected numbers, found {shown(line)}")
        row = [int(column, 16) for column in columns]
        if len(row) < FEWEST_COLUMNS:
            raise CollectorError(f"{_SOURCE}: expected nine columns or more, found {shown(line)}")
        if len(row) <= CPU_COLUMN:
            del row[11:]
            row += [-1] * (CPU_COLUMN - len(row))
            row.append(number)
        rows.append(row)
    if not rows:
        raise CollectorError(f"{_SOURCE}: expected a row for each CPU, found none")
    return rows


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand; the CPUs' numbers stay what they are.

    Raises:
        CollectorError: see ``parse``.
    """
    rows = parse(texts[0])
    widths = [len(line.split()) for line in texts[0].splitlines()]
    starts = [0, *accumulate(widths)]
    places = [
        NumberPlace(None, start + CPU_COLUMN)
        for start, width in zip(starts, widths, strict=False)
        if width > CPU_COLUMN
    ]
    for column, family in COLUMNS.items():
        if min(row[column] for row in rows) >= 0:
            places += [
                NumberPlace(Series(family, (str(row[CPU_COLUMN]),)), start + column)
                for row, start in zip(rows, starts, strict=False)
            ]
    return places


class SoftnetCollector:
    """``node_softnet_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("net/softnet_stat")
        self._series = NumberSeries(lay_out, hexadecimal=True)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification("softnet", tuple(COLUMNS.values()), SoftnetCollector)
