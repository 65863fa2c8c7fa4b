"""File systems of type btrfs, from /sys/fs/btrfs (kernel: fs/btrfs/sysfs.c) and ioctl(2)."""

from __future__ import annotations

import logging

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.collectors.btrfs.devices import ERROR_TYPES, BtrfsDevice, file_system_devices
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.mountinfo import MountTable
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, FactSeries, as_they_are

LOG = logging.getLogger(__name__)

FOLDER = "fs/btrfs"
SECTOR_BYTES = 512
_GROUP = ("uuid", "block_group_type")
_MODE = (*_GROUP, "mode")


def _family(
    name: str,
    text: str,
    labels: tuple[str, ...] = ("uuid",),
    type_: FamilyType = "gauge",
    source: str = f"/sys/{FOLDER}/<uuid>",
) -> Family:
    unit = next((unit for unit in ("bytes", "seconds") if unit in name), "")
    return Family(f"node_btrfs_{name}", type_, text, labels, unit, source)


INFO = _family("info", "Filesystem information", ("uuid", "label"))
RESERVE = _family("global_rsv_size_bytes", "Size of global reserve.")
COMMITS = _family(
    "commits_total", "The total number of commits that have occurred.", type_="counter"
)
# By the word in commit_stats, which counts milliseconds.
COMMIT_TIMES = {
    b"last_commit_ms": _family(
        "last_commit_seconds", "Duration of the most recent commit, in seconds."
    ),
    b"max_commit_ms": _family("max_commit_seconds", "Duration of the slowest commit, in seconds."),
    b"total_commit_ms": _family(
        "commit_seconds_total",
        "Sum of the duration of all commits, in seconds.",
        type_="counter",
    ),
}
RESERVED = _family("reserved_bytes", "Amount of space reserved for a data type", _GROUP)
USED = _family("used_bytes", "Amount of used space by a layout/data type", _MODE)
SIZE = _family("size_bytes", "Amount of space allocated for a layout/data type", _MODE)
RATIO = _family("allocation_ratio", "Data allocation ratio for a layout/data type", _MODE)
_DEVICE = ("uuid", "device", "btrfs_dev_uuid")
_IOCTL = "ioctl_btrfs, /sys/fs/btrfs/<uuid>/devices"
DEVICE_SIZE = _family(
    "device_size_bytes",
    "Size of a device that is part of the filesystem.",
    _DEVICE,
    source=_IOCTL,
)
DEVICE_UNUSED = _family(
    "device_unused_bytes",
    "Unused bytes unused on a device that is part of the filesystem.",
    _DEVICE,
    source=_IOCTL,
)
DEVICE_ERRORS = _family(
    "device_errors_total",
    "Errors reported for the device",
    ("uuid", "type", *_DEVICE[1:]),
    "counter",
    _IOCTL,
)
GROUPS = ("data", "metadata", "system")
_COPIES = {"single": 1, "raid0": 1, "dup": 2, "raid1": 2, "raid10": 2, "raid1c3": 3, "raid1c4": 4}
_PARITY = {"raid5": 1, "raid6": 2}

Pair = tuple[Series, bytes]


def allocation_ratio(mode: str, devices: int) -> float | None:
    """Bytes on disk for each byte of data; None for a mode that is not known."""
    if parity := _PARITY.get(mode):
        return devices / (devices - parity) if devices > parity else None
    return _COPIES.get(mode)


def parse_commits(data: bytes, source: str) -> list[tuple[Family, bytes, bytes]]:
    """Family, number and suffix of the lines of commit_stats that are known.

    Raises:
        CollectorError: a line is no name with a number.
    """
    found = []
    for line in data.splitlines():
        words = line.split()
        if len(words) != 2:
            raise CollectorError(f"{source}: expected a name and a number, found {shown(line)}")
        check_counters(words[1:], source)
        if words[0] == b"commits":
            found.append((COMMITS, words[1], b""))
        elif family := COMMIT_TIMES.get(words[0]):
            found.append((family, words[1], b"e-3"))
    return found


def device_samples(uuid: str, devices: list[BtrfsDevice]) -> list[Pair]:
    """The series of the devices of a file system."""
    pairs: list[Pair] = []
    for device in devices:
        labels = (uuid, device.name, device.uuid)
        unused = max(0, device.total - device.used)
        pairs.append((Series(DEVICE_SIZE, labels), b"%d" % device.total))
        pairs.append((Series(DEVICE_UNUSED, labels), b"%d" % unused))
        pairs += [
            (Series(DEVICE_ERRORS, (uuid, type_, *labels[1:])), b"%d" % count)
            for type_, count in zip(ERROR_TYPES, device.errors, strict=True)
        ]
    return pairs


# What every kernel with btrfs has there.
_NO_FILE_SYSTEMS = frozenset({"features"})


class BtrfsCollector:
    """``node_btrfs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._root = str(sources.paths.rootfs).rstrip("/")
        self._table = MountTable(sources)
        self._series = FactSeries(as_they_are)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.if_present(self._folder, besides=_NO_FILE_SYSTEMS)
        uuids = [name for name in names if "-" in name]
        devices = self._devices() if uuids else {}
        pairs: list[Pair] = []
        for folder in uuids:
            pairs += self._file_system(folder, devices)
        return [self._series.block(pairs)]

    def _devices(self) -> dict[str, list[BtrfsDevice]]:
        """What ioctl tells of each mounted file system, by its id; without those it refuses."""
        found: dict[str, list[BtrfsDevice]] = {}
        done: set[str] = set()
        try:
            self._table.changed()
        except (CollectorError, OSError):
            return found
        for mount in self._table.mounts:
            if mount.type == "btrfs" and mount.device not in done:
                try:
                    fsid, devices = file_system_devices(f"{self._root}{mount.point}")
                except (OSError, ValueError) as error:
                    LOG.debug("collector btrfs: %s: %s", mount.point, error)
                else:
                    done.add(mount.device)
                    found.setdefault(fsid, devices)
        return found

    def _file_system(self, name: str, known: dict[str, list[BtrfsDevice]]) -> list[Pair]:
        read = self._attributes
        folder = f"{self._folder}/{name}"
        uuid = read.text(f"{folder}/metadata_uuid") or name
        pairs: list[Pair] = [(Series(INFO, (uuid, read.text(f"{folder}/label"))), b"1")]
        pairs += self._number(RESERVE, f"{folder}/allocation/global_rsv_size", (uuid,))
        if data := read.read(f"{folder}/commit_stats"):
            pairs += [
                (Series(family, (uuid,), suffix), number)
                for family, number, suffix in parse_commits(data, f"{folder}/commit_stats")
            ]
        names = read.names(f"{folder}/devices")
        for group in GROUPS:
            pairs += self._group(f"{folder}/allocation/{group}", (uuid, group), len(names))
        devices = known.get(uuid.replace("-", ""))
        if devices is not None:
            return pairs + device_samples(uuid, devices)
        plain = DEVICE_SIZE._replace(labels=_DEVICE[:2])
        for device in names:
            sectors = read.number(f"{folder}/devices/{device}/size")
            if sectors is not None:
                size = int(sectors) * SECTOR_BYTES
                pairs.append((Series(plain, (uuid, device)), b"%d" % size))
        return pairs

    def _group(self, folder: str, labels: tuple[str, str], devices: int) -> list[Pair]:
        pairs = self._number(RESERVED, f"{folder}/bytes_reserved", labels)
        modes = [mode for mode in self._attributes.if_present(folder) if _is_mode(mode)]
        for mode in modes:
            where = (*labels, mode)
            pairs += self._number(USED, f"{folder}/{mode}/used_bytes", where)
            pairs += self._number(SIZE, f"{folder}/{mode}/total_bytes", where)
            ratio = allocation_ratio(mode, devices)
            if ratio is not None:
                pairs.append((Series(RATIO, where), repr(ratio).encode()))
        return pairs

    def _number(self, family: Family, path: str, labels: tuple[str, ...]) -> list[Pair]:
        number = self._attributes.number(path)
        return [] if number is None else [(Series(family, labels), number)]


def _is_mode(name: str) -> bool:
    return name in _COPIES or name in _PARITY


FAMILIES = (
    INFO,
    RESERVE,
    COMMITS,
    *COMMIT_TIMES.values(),
    RESERVED,
    USED,
    SIZE,
    RATIO,
    DEVICE_SIZE,
    DEVICE_UNUSED,
    DEVICE_ERRORS,
)
SPECIFICATION = CollectorSpecification("btrfs", FAMILIES, BtrfsCollector)
