"""ZFS, from /proc/spl/kstat/zfs (OpenZFS: module/os/linux/spl/spl-kstat.c).

A kstat is a table of name, type and value; of the types, the 64-bit numbers are shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, check_integers, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

FOLDER = "spl/kstat/zfs"
STATES = ("online", "degraded", "faulted", "offline", "removed", "unavail", "suspended")
_INT64, _UINT64 = b"3", b"4"
_HEADING = [b"name", b"type", b"data"]
_FEWEST_IO_COLUMNS = 12


def _template(name: str, kstat: str, labels: tuple[str, ...] = (), source: str = "") -> Family:
    text = f"kstat.zfs.misc.{kstat}.{{field}}"
    path = f"/proc/{FOLDER}/{source or kstat}"
    return Family(f"node_zfs_{name}_{{field}}", "untyped", text, labels, source=path)


# By the file's name.
KSTATS = {
    "abdstats": _template("abd", "abdstats"),
    "arcstats": _template("arc", "arcstats"),
    "dbufstats": _template("dbuf", "dbufstats"),
    "dmu_tx": _template("dmu_tx", "dmu_tx"),
    "dnodestats": _template("dnode", "dnodestats"),
    "fm": _template("fm", "fm"),
    "vdev_cache_stats": _template("vdev_cache", "vdev_cache_stats"),
    "vdev_mirror_stats": _template("vdev_mirror", "vdev_mirror_stats"),
    "xuio_stats": _template("xuio", "xuio_stats"),
    "zfetchstats": _template("zfetch", "zfetchstats"),
    "zil": _template("zil", "zil"),
}
DATASET = _template("zpool_dataset", "objset", ("zpool", "dataset"), "<pool>/objset-*")
POOL = _template("zpool", "io", ("zpool",), "<pool>/io")
STATE = Family(
    "node_zfs_zpool_state",
    "gauge",
    "kstat.zfs.misc.state",
    ("zpool", "state"),
    source=f"/proc/{FOLDER}/<pool>/state",
)

Numbers = list[tuple[str, bytes]]
Pair = tuple[Series, bytes]
Result = TypeVar("Result")


def parse(data: bytes, source: str) -> tuple[Numbers, str]:
    """The 64-bit numbers of a kstat by name, and the data set that it is of, if of one.

    Raises:
        CollectorError: the heading is missing, or a number is none.
    """
    lines = data.split(b"\n")
    start = next((i + 1 for i, line in enumerate(lines) if line.split() == _HEADING), 0)
    if not start:
        raise CollectorError(f"{source}: expected the heading 'name type data'")
    numbers = []
    dataset = ""
    for line in lines[start:]:
        words = line.split()
        if len(words) < len(_HEADING):
            continue
        name, kind, value = words[:3]
        if name == b"dataset_name":
            dataset = line.split(None, 2)[2].decode("utf-8", "replace")
        elif kind in (_INT64, _UINT64):
            (check_counters if kind == _UINT64 else check_integers)([value], source)
            numbers.append((name.decode("utf-8", "replace"), value))
    return numbers, dataset


def parse_io(data: bytes, source: str) -> Numbers:
    """The columns of a pool's ``io``; none where there is no row.

    Raises:
        CollectorError: there is not one number for each column.
    """
    rows = [line.split() for line in data.split(b"\n")]
    for i, names in enumerate(rows):
        if len(names) >= _FEWEST_IO_COLUMNS and names[0] == b"nread":
            values = rows[i + 1] if i + 1 < len(rows) else []
            check_counters(values, source)
            if values and len(values) != len(names):
                raise CollectorError(f"{source}: expected {len(names)} numbers: {shown(data)}")
            return [
                (name.decode("utf-8", "replace"), value)
                for name, value in zip(names, values, strict=False)
            ]
    return []


class ZfsCollector:
    """``node_zfs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._sources = sources
        self._folder = str(sources.paths.procfs / FOLDER)
        self._files = {name: sources.proc(f"{FOLDER}/{name}") for name in KSTATS}
        self._series = VaryingSeries()
        self._families: dict[tuple[Family, str], Family] = {}

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            names = sorted(os.listdir(self._folder))  # noqa: PTH208 - a tenth of the cost
        except FileNotFoundError as error:
            raise NothingToRead from error
        pairs: list[Pair] = []
        for name, template in KSTATS.items():
            if name in names:
                numbers, _ = parse(self._files[name].read(), f"/proc/{FOLDER}/{name}")
                pairs += self._pairs(template, (), numbers)
        for pool in names:
            if Path(self._folder, pool).is_dir():
                pairs += self._pool(pool)
        return [self._series.block(pairs)]

    def _pool(self, pool: str) -> list[Pair]:
        pairs = []
        try:
            names = sorted(os.listdir(f"{self._folder}/{pool}"))  # noqa: PTH208
        except FileNotFoundError:
            names = []
        for name in names:
            path = f"{pool}/{name}"
            if name == "io":
                pairs += self._pairs(POOL, (pool,), self._parsed(path, parse_io, []))
            elif name.startswith("objset-"):
                nothing: tuple[Numbers, str] = ([], "")
                numbers, dataset = self._parsed(path, parse, nothing)
                pairs += self._pairs(DATASET, (pool, dataset), numbers)
            elif name == "state":
                state = self._parsed(path, lambda data, _: data.strip().lower(), b"")
                pairs += [
                    (Series(STATE, (pool, word)), b"1" if state == word.encode() else b"0")
                    for word in STATES
                ]
        return pairs

    def _parsed(self, name: str, parser: Callable[[bytes, str], Result], nothing: Result) -> Result:
        """A pool's file; a pool may be exported meanwhile."""
        path = Path(self._folder, name)
        self._sources.note(str(path))
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return nothing
        return parser(data, f"/proc/{FOLDER}/{name}")

    def _pairs(self, template: Family, labels: tuple[str, ...], numbers: Numbers) -> list[Pair]:
        pairs = []
        for field, value in numbers:
            family = self._families.get((template, field))
            if family is None:
                family = self._families[template, field] = template.named(field)
            pairs.append((Series(family, labels), value))
        return pairs


SPECIFICATION = CollectorSpecification(
    "zfs", (*KSTATS.values(), DATASET, STATE, POOL), ZfsCollector
)
