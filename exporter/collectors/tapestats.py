"""Tape drives, from /sys/class/scsi_tape (kernel document scsi/st.rst)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import compile_flag
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/scsi_tape"
IGNORED = Flag(
    "collector.tapestats.ignored-devices", "^$", "Regular expression of drives to leave out."
)
NANOSECONDS = b"e-9"
_DRIVE = re.compile(r"st[0-9]+")


def _tape(name: str, text: str, type_: FamilyType = "counter") -> Family:
    unit = "seconds" if "seconds" in name else "bytes" if "bytes" in name else ""
    source = f"/sys/{FOLDER}/<drive>/stats"
    return Family(f"node_tape_{name}", type_, text, ("device",), unit, source)


# By the attribute's name, with what scales its number.
COLUMNS = {
    "in_flight": (
        _tape("io_now", "The number of I/Os currently outstanding to this device.", "gauge"),
        b"",
    ),
    "io_ns": (
        _tape(
            "io_time_seconds_total",
            "The amount of time spent waiting for all I/O to complete (including read and write). "
            "This includes tape movement commands such as seeking between file or set marks and "
            "implicit tape movement such as when rewind on close tape devices are used.",
        ),
        NANOSECONDS,
    ),
    "other_cnt": (
        _tape(
            "io_others_total",
            "The number of I/Os issued to the tape drive other than read or write commands. The "
            "time taken to complete these commands uses the following calculation "
            "io_time_seconds_total-read_time_seconds_total-write_time_seconds_total",
        ),
        b"",
    ),
    "read_byte_cnt": (
        _tape("read_bytes_total", "The number of bytes read from the tape drive."),
        b"",
    ),
    "read_cnt": (
        _tape("reads_completed_total", "The number of read requests issued to the tape drive."),
        b"",
    ),
    "read_ns": (
        _tape(
            "read_time_seconds_total",
            "The amount of time spent waiting for read requests to complete.",
        ),
        NANOSECONDS,
    ),
    "resid_cnt": (
        _tape(
            "residual_total",
            "The number of times during a read or write we found the residual amount to be "
            "non-zero. This should mean that a program is issuing a read larger thean the block "
            "size on tape. For write not all data made it to tape.",
        ),
        b"",
    ),
    "write_byte_cnt": (
        _tape("written_bytes_total", "The number of bytes written to the tape drive."),
        b"",
    ),
    "write_cnt": (
        _tape("writes_completed_total", "The number of write requests issued to the tape drive."),
        b"",
    ),
    "write_ns": (
        _tape(
            "write_time_seconds_total",
            "The amount of time spent waiting for write requests to complete.",
        ),
        NANOSECONDS,
    ),
}

# A drive's name, and its numbers in the order of ``COLUMNS``.
Drive = tuple[str, tuple[bytes | None, ...]]


def samples(drives: list[Drive]) -> list[tuple[Series, bytes]]:
    """The series of these drives; what a drive does not count is absent."""
    return [
        (Series(family, (name,), suffix), number)
        for name, numbers in drives
        for (family, suffix), number in zip(COLUMNS.values(), numbers, strict=True)
        if number is not None
    ]


class TapestatsCollector:
    """``node_tape_*``; each drive once, not by its devices that do not rewind."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._ignored = compile_flag(IGNORED, flags)
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        names = read.present(self._folder, "st")
        drives = [
            (name, tuple(read.number(f"{self._folder}/{name}/stats/{key}") for key in COLUMNS))
            for name in names
            if _DRIVE.fullmatch(name) and not self._ignored.search(name)
        ]
        return [self._series.block(drives)]


SPECIFICATION = CollectorSpecification(
    "tapestats",
    tuple(family for family, _ in COLUMNS.values()),
    TapestatsCollector,
    flags=(IGNORED,),
)
