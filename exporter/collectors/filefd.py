"""Open files of the whole machine, from /proc/sys/fs/file-nr (proc(5))."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

_SOURCE = "/proc/sys/fs/file-nr"
ALLOCATED, MAXIMUM = (
    Family(f"node_filefd_{name}", "gauge", f"File descriptor statistics: {name}.", source=_SOURCE)
    for name in ("allocated", "maximum")
)


def parse(data: bytes) -> list[bytes]:
    """The numbers of allocated files and of files that may be; the second column is always 0.

    Raises:
        CollectorError: the file does not hold three numbers.
    """
    columns = data.split()
    if len(columns) != 3:
        raise CollectorError(f"{_SOURCE}: expected three numbers, found {shown(data)}")
    check_counters(columns, _SOURCE)
    return [columns[0], columns[2]]


def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
    """Where the values stand.

    Raises:
        CollectorError: see ``parse``.
    """
    parse(texts[0])
    return [NumberPlace(Series(ALLOCATED), 0), NumberPlace(Series(MAXIMUM), 2)]


class FilefdCollector:
    """``node_filefd_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("sys/fs/file-nr")
        self._series = NumberSeries(lay_out)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._file.read())]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)])


SPECIFICATION = CollectorSpecification("filefd", (ALLOCATED, MAXIMUM), FilefdCollector)
