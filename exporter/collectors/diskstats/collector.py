"""Disk I/O, from /proc/diskstats (kernel document admin-guide/iostats.rst).

What the disks are is in ``exporter/collectors/diskstats/info.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.collectors.diskstats import info as disk_info
from exporter.sources.files import Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block

EXCLUDE = Flag(
    "collector.diskstats.device-exclude",
    r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$",
    "Regular expression of devices to leave out (not together with device-include).",
)
INCLUDE = Flag(
    "collector.diskstats.device-include",
    None,
    "Regular expression of devices to show (not together with device-exclude).",
)

SECTOR_BYTES = 512
_SECTORS = b"sectors"  # marks a column to be multiplied, where the others get a suffix


def _disk(name: str, text: str, type_: FamilyType = "counter") -> Family:
    unit = "seconds" if "seconds" in name else "bytes" if "bytes" in name else ""
    return Family(f"node_disk_{name}", type_, text, ("device",), unit, "/proc/diskstats")


# The columns behind the device's name; times are in milliseconds.
COLUMNS: tuple[tuple[Family, bytes], ...] = (
    (_disk("reads_completed_total", "The total number of reads completed successfully."), b""),
    (_disk("reads_merged_total", "The total number of reads merged."), b""),
    (_disk("read_bytes_total", "The total number of bytes read successfully."), _SECTORS),
    (
        _disk("read_time_seconds_total", "The total number of seconds spent by all reads."),
        b"e-3",
    ),
    (_disk("writes_completed_total", "The total number of writes completed successfully."), b""),
    (_disk("writes_merged_total", "The number of writes merged."), b""),
    (_disk("written_bytes_total", "The total number of bytes written successfully."), _SECTORS),
    (
        _disk(
            "write_time_seconds_total", "This is the total number of seconds spent by all writes."
        ),
        b"e-3",
    ),
    (_disk("io_now", "The number of I/Os currently in progress.", "gauge"), b""),
    (_disk("io_time_seconds_total", "Total seconds spent doing I/Os."), b"e-3"),
    (
        _disk("io_time_weighted_seconds_total", "The weighted # of seconds spent doing I/Os."),
        b"e-3",
    ),
    (
        _disk("discards_completed_total", "The total number of discards completed successfully."),
        b"",
    ),
    (_disk("discards_merged_total", "The total number of discards merged."), b""),
    (
        _disk("discarded_sectors_total", "The total number of sectors discarded successfully."),
        b"",
    ),
    (
        _disk(
            "discard_time_seconds_total",
            "This is the total number of seconds spent by all discards.",
        ),
        b"e-3",
    ),
    (
        _disk(
            "flush_requests_total",
            "The total number of flush requests completed successfully",
        ),
        b"",
    ),
    (
        _disk(
            "flush_requests_time_seconds_total",
            "This is the total number of seconds spent by all flush requests.",
        ),
        b"e-3",
    ),
)
FEWEST_COLUMNS = 11
_COLUMNS_BEFORE = 3  # major and minor number, and the name


class DiskRow(NamedTuple):
    """One line: major and minor number, name, and the columns behind it as they stand there."""

    major: bytes
    minor: bytes
    device: bytes
    columns: list[bytes]


def parse_line(line: bytes) -> DiskRow:
    """Read one line of /proc/diskstats: 11 columns of numbers since 2.6, 15 since 4.18, 17 now.

    Raises:
        CollectorError: it is no such line.
    """
    tokens = line.split()
    columns = tokens[_COLUMNS_BEFORE:]
    if len(columns) < FEWEST_COLUMNS:
        shown = line[:60].decode("utf-8", "replace")
        raise CollectorError(
            f"/proc/diskstats: expected a device and its counters, found {shown!r}"
        )
    del columns[len(COLUMNS) :]
    check_counters(tokens[:2], "/proc/diskstats")
    check_counters(columns, "/proc/diskstats")
    return DiskRow(tokens[0], tokens[1], tokens[2], columns)


def parse(data: bytes) -> list[DiskRow]:
    """Read all of /proc/diskstats.

    Raises:
        CollectorError: a line is not understood.
    """
    return [parse_line(line) for line in data.split(b"\n") if line.strip()]


class DiskstatsCollector:
    """``node_disk_*``, one series a device and column."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._file = sources.proc("diskstats")
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags)
        self._series = NumberSeries(self._lay_out)
        self._info = disk_info.DiskInfoSeries(sources)
        self._devices: list[tuple[bytes, bytes, bytes]] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        block = self._series.block(self._file.read())
        return [block, self._info.block(self._devices)]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return steadiness([self._series.steady(self._file)], self._info.steady())

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        lines = [line for line in texts[0].split(b"\n") if line.strip()]
        ends = list(accumulate(len(line.split()) for line in lines))
        shown = [
            (row, first)
            for row, first in zip(parse(texts[0]), [0, *ends], strict=False)
            if self._filter(row.device.decode("utf-8", "replace"))
        ]
        self._devices = [(row.device, row.major, row.minor) for row, _ in shown]
        places = [NumberPlace(None, first + number) for _, first in shown for number in (0, 1)]
        for column, (family, suffix) in enumerate(COLUMNS):
            factor = SECTOR_BYTES if suffix == _SECTORS else 1
            end = b"" if suffix == _SECTORS else suffix
            places += [
                NumberPlace(
                    Series(family, (row.device.decode("utf-8", "replace"),), end),
                    first + _COLUMNS_BEFORE + column,
                    factor,
                )
                for row, first in shown
                if column < len(row.columns)
            ]
        return places


SPECIFICATION = CollectorSpecification(
    "diskstats",
    (*(family for family, _ in COLUMNS), *disk_info.FAMILIES),
    DiskstatsCollector,
    flags=(EXCLUDE, INCLUDE),
)
