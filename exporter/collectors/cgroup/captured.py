"""The counters of containers out of a capture."""

from __future__ import annotations

from typing import Any, NamedTuple

from exporter.collecting.captured import number_in, records_of
from exporter.collectors.cgroup import families
from perfanalysis.exposition.families import Family, Series

_CONTAINER = "container/"
_MICROSECONDS = b"e-6"

_CONTAINER_FIELDS: tuple[tuple[str, Family, tuple[str, ...], bytes], ...] = (
    ("cpu_usage_usec", families.CPU_USAGE, ("total",), _MICROSECONDS),
    ("cpu_user_usec", families.CPU_USER, (), _MICROSECONDS),
    ("cpu_system_usec", families.CPU_SYSTEM, (), _MICROSECONDS),
    ("cpu_periods", families.CFS_PERIODS, (), b""),
    ("cpu_throttled", families.CFS_THROTTLED, (), b""),
    ("cpu_throttled_usec", families.CFS_SECONDS, (), _MICROSECONDS),
    ("memory_current", families.MEMORY_USAGE, (), b""),
    ("memory_anon", families.MEMORY_RSS, (), b""),
    ("memory_file", families.MEMORY_CACHE, (), b""),
    ("memory_kernel", families.MEMORY_KERNEL, (), b""),
    ("memory_max", families.SPEC_MEMORY, (), b""),
    ("io_read_bytes", families.FS_READ_BYTES, ("",), b""),
    ("io_write_bytes", families.FS_WRITTEN_BYTES, ("",), b""),
    ("io_read_ops", families.FS_READS, ("",), b""),
    ("io_write_ops", families.FS_WRITES, ("",), b""),
    ("pids_current", families.THREADS, (), b""),
    ("pids_max", families.THREADS_MAX, (), b""),
    ("cpu_period", families.SPEC_PERIOD, (), b""),
    ("cpu_quota", families.SPEC_QUOTA, (), b""),
)

_LIMITS = frozenset({"memory_max", "pids_max", "cpu_quota"})
_NO_LIMIT = -1


def _container_labels(entry: dict[str, Any], subsystem: str) -> tuple[str, str]:
    name = entry.get("container_name")
    identity = entry.get("container_id")
    return (
        identity if isinstance(identity, str) and identity else subsystem,
        name if isinstance(name, str) else "",
    )


class ContainerRow(NamedTuple):
    """What a record tells of one container: its labels id and name, which fields, their values."""

    labels: tuple[str, str]
    fields: tuple[int, ...]
    values: list[bytes]

    def series(self) -> list[Series]:
        """Of each value."""
        told = [_CONTAINER_FIELDS[field] for field in self.fields]
        return [Series(family, (*self.labels, *more), suffix) for _, family, more, suffix in told]


def rows_of(text: bytes, subsystem: str) -> list[ContainerRow]:
    """The containers of one record.

    Raises:
        CollectorError: it is malformed.
    """
    rows = []
    for entry in records_of(text, subsystem):
        fields = tuple(
            number
            for number, (field, _, _, _) in enumerate(_CONTAINER_FIELDS)
            if field in entry and not (field in _LIMITS and entry[field] == _NO_LIMIT)
        )
        values = [
            b"%d" % number_in(entry, _CONTAINER_FIELDS[number][0], subsystem) for number in fields
        ]
        rows.append(ContainerRow(_container_labels(entry, subsystem), fields, values))
    return rows


def containers(texts: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    """The containers' counters, as the collector ``cgroup`` shows them.

    Raises:
        CollectorError: a record is malformed.
    """
    return [
        pair
        for subsystem, text in texts.items()
        if subsystem.startswith(_CONTAINER)
        for row in rows_of(text, subsystem)
        for pair in zip(row.series(), row.values, strict=True)
    ]
