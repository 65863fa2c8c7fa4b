"""``node_mountstats_nfs_*``: what each NFS mount counts."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flags
from exporter.collectors.mountstats.families import (
    AGE,
    BYTES,
    EVENTS,
    FAMILIES,
    FIRST_TIME,
    INFO,
    OPERATIONS,
    TRANSPORT,
)
from exporter.collectors.mountstats.parsing import COLUMNS, NfsMount, exact, parse, times
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_ADDRESS = re.compile(rb"(?:^|,)addr=([^,\s]*)")
_MILLISECONDS = b"e-3"
Samples = list[tuple[Series, bytes]]


def addresses(mountinfo: bytes) -> dict[tuple[str, str], str]:
    """The server's address of each mount that has one, by its device and mount point."""
    found = {}
    for line in mountinfo.splitlines():
        head, _, tail = line.partition(b" - ")
        fields, more = head.split(b" "), tail.split(b" ")
        address = _ADDRESS.search(more[2]) if len(more) > 2 else None
        if address is not None and len(fields) > 4:
            key = (more[1].decode("utf-8", "replace"), fields[4].decode("utf-8", "replace"))
            found[key] = address[1].decode("utf-8", "replace")
    return found


def samples(mountstats: bytes, mountinfo: bytes) -> Samples:
    """The series of both files; a mount that is there several times is counted once.

    Raises:
        CollectorError: the first one is malformed.
    """
    known = addresses(mountinfo)
    pairs: Samples = []
    points: set[tuple[str, ...]] = set()
    counted: set[tuple[str, ...]] = set()
    for mount in parse(mountstats):
        if not mount.transports:
            continue
        address = known.get((mount.export, mount.point), "")
        labels = (mount.export, mount.transports[0].protocol, address)
        if (*labels, mount.point) not in points:
            points.add((*labels, mount.point))
            pairs.append((Series(INFO, (*labels, mount.point)), b"1"))
        if labels not in counted:
            counted.add(labels)
            pairs += _of_mount(mount, labels)
    return pairs


def _of_mount(mount: NfsMount, labels: tuple[str, ...]) -> Samples:
    pairs = [(Series(AGE, labels), mount.age)] if mount.age else []
    for families, columns in ((BYTES, mount.bytes), (EVENTS, mount.events)):
        pairs += [
            (Series(family, labels), column)
            for family, column in zip(families, columns, strict=False)
        ]
    for i, (protocol, numbers) in enumerate(mount.transports):
        pairs += [
            (Series(TRANSPORT[name], (*labels, str(i))), exact(numbers[column]))
            for name, column in COLUMNS.get(protocol, {}).items()
            if column < len(numbers)
        ]
    for name, columns in mount.operations:
        pairs += [
            (
                Series(family, (*labels, name), _MILLISECONDS if i >= FIRST_TIME else b""),
                value,
            )
            for i, (family, value) in enumerate(zip(OPERATIONS, times(columns), strict=True))
        ]
    return pairs


class MountstatsCollector:
    """``node_mountstats_nfs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        # The first process's is of the host, also from within a container; only root may read it.
        self._processes = [
            (sources.proc(f"{process}/mountstats"), sources.proc(f"{process}/mountinfo"))
            for process in ("1", "self")
        ]
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            texts = [file.read() for file in self._processes[0]]
        except OSError:
            texts = [file.read() for file in self._processes[1]]
        return [self._series.block(samples(*texts))]


SPECIFICATION = CollectorSpecification("mountstats", FAMILIES, MountstatsCollector, enabled=False)
