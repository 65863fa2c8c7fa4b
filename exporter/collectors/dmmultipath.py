"""Multipath devices, from /sys/block/dm-* (kernel: ABI/testing/sysfs-block-dm).

Needs neither root nor multipathd.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "block"
SECTOR_BYTES = 512
_LABELS = ("device", "sysfs_name")
_SOURCE = f"/sys/{FOLDER}/dm-*"


def _device(name: str, text: str, labels: tuple[str, ...] = _LABELS) -> Family:
    unit = "bytes" if name.endswith("_bytes") else ""
    return Family(f"node_dmmultipath_{name}", "gauge", text, labels, unit, _SOURCE)


INFO = _device(
    "device_info",
    "Non-numeric information about a DM-multipath device.",
    (*_LABELS, "uuid"),
)
ACTIVE = _device(
    "device_active",
    "Whether the multipath device-mapper device is active (1) or suspended (0).",
)
SIZE = _device(
    "device_size_bytes",
    "Size of the multipath device in bytes, read from /sys/block/<dm>/size.",
)
PATHS = _device("device_paths", "Number of paths for a multipath device.")
PATHS_ACTIVE = _device(
    "device_paths_active",
    "Number of paths in active state (SCSI running or NVMe live) for a multipath device.",
)
PATHS_FAILED = _device(
    "device_paths_failed", "Number of paths not in active state for a multipath device."
)
PATH_STATE = _device(
    "path_state",
    "Reports the underlying device state for a multipath path, as read from "
    "/sys/block/<dev>/device/state.",
    ("device", "path", "state"),
)
_WELL = ("running", "live")

# Name, name in sysfs, uuid, suspended, sectors, and the paths with their states.
Device = tuple[str, str, str, bytes, bytes, tuple[tuple[str, str], ...]]


def samples(devices: list[Device]) -> list[tuple[Series, bytes]]:
    """The series of these devices."""
    pairs = []
    for name, sysfs_name, uuid, suspended, sectors, paths in devices:
        labels = (name, sysfs_name)
        active = sum(state in _WELL for _, state in paths)
        pairs += [
            (Series(INFO, (*labels, uuid)), b"1"),
            (Series(ACTIVE, labels), b"0" if suspended == b"1" else b"1"),
            (Series(SIZE, labels), b"%d" % (int(sectors) * SECTOR_BYTES)),
            (Series(PATHS, labels), b"%d" % len(paths)),
            (Series(PATHS_ACTIVE, labels), b"%d" % active),
            (Series(PATHS_FAILED, labels), b"%d" % (len(paths) - active)),
        ]
        pairs += [(Series(PATH_STATE, (name, path, state)), b"1") for path, state in paths]
    return pairs


class DmmultipathCollector:
    """``node_dmmultipath_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        try:
            names = read.names(self._folder, "dm-")
        except (FileNotFoundError, PermissionError) as error:
            raise NothingToRead from error
        devices = []
        for name in names:
            uuid = read.text(f"{self._folder}/{name}/dm/uuid")
            if uuid.startswith("mpath-"):
                devices.append(self._device(name, uuid))
        return [self._series.block(devices)]

    def _device(self, name: str, uuid: str) -> Device:
        folder = f"{self._folder}/{name}"
        read = self._attributes
        paths = read.if_present(f"{folder}/slaves")
        return (
            read.text(f"{folder}/dm/name"),
            name,
            uuid,
            read.needed_number(f"{folder}/dm/suspended"),
            read.needed_number(f"{folder}/size"),
            tuple((path, read.text(f"{self._folder}/{path}/device/state")) for path in paths),
        )


SPECIFICATION = CollectorSpecification(
    "dmmultipath",
    (INFO, ACTIVE, SIZE, PATHS, PATHS_ACTIVE, PATHS_FAILED, PATH_STATE),
    DmmultipathCollector,
)
