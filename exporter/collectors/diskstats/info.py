"""What disks are: udev's properties and the queue's rotational flag; a part of diskstats."""

from __future__ import annotations

import re
from time import monotonic

from exporter.collectors.diskstats.udev import Properties, UdevData
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

_SOURCE = "<path.udev.data>/b<major>:<minor>"
INFO = Family(
    "node_disk_info",
    "gauge",
    "Info of /sys/block/<block_device>.",
    (
        "device",
        "major",
        "minor",
        "path",
        "wwn",
        "model",
        "serial",
        "revision",
        "rotational",
    ),
    source=f"/proc/diskstats, {_SOURCE}, /sys/block/<device>/queue/rotational",
)
FILESYSTEM = Family(
    "node_disk_filesystem_info",
    "gauge",
    "Info about disk filesystem.",
    ("device", "type", "usage", "uuid", "version"),
    source=_SOURCE,
)
MAPPER = Family(
    "node_disk_device_mapper_info",
    "gauge",
    "Info about disk device mapper.",
    ("device", "name", "uuid", "vg_name", "lv_name", "lv_layer"),
    source=_SOURCE,
)
PHYSICAL = Family(
    "perf_disk_physical",
    "gauge",
    "Disk that is not made of others, so that its bytes count once; value is always 1.",
    ("device",),
    source="/sys/block/<device>/device",
)
# By udev's property.
ATA = {
    "ID_ATA_WRITE_CACHE": Family(
        "node_disk_ata_write_cache",
        "gauge",
        "ATA disk has a write cache.",
        ("device",),
        source=_SOURCE,
    ),
    "ID_ATA_WRITE_CACHE_ENABLED": Family(
        "node_disk_ata_write_cache_enabled",
        "gauge",
        "ATA disk has its write cache enabled.",
        ("device",),
        source=_SOURCE,
    ),
    "ID_ATA_ROTATION_RATE_RPM": Family(
        "node_disk_ata_rotation_rate_rpm",
        "gauge",
        "ATA disk rotation rate in RPMs (0 for SSDs).",
        ("device",),
        source=_SOURCE,
    ),
}
FAMILIES = (INFO, FILESYSTEM, MAPPER, PHYSICAL, *ATA.values())
# The serial number is the first of these that is known: printed on the disk, short, virtio's.
_SERIALS = ("SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
# Disks over the network are disks here, too, and have no folder `device`; one path of NVMe over
# several has one, and its bytes are those of the whole again.
_NETWORK_DISK = re.compile(r"(nbd|rbd)\d+")
_NVME_PATH = re.compile(r"nvme\d+c\d+n\d+")
REFRESH_SECONDS = 60.0

# Name, major and minor number, whether it rotates, udev's properties, whether it is a disk itself.
Disk = tuple[str, str, str, str, Properties, bool]


def samples(disks: list[Disk]) -> list[tuple[Series, bytes]]:
    """The series of these disks."""
    pairs = []
    for device, major, minor, rotational, known, is_physical in disks:

        def of(*names: str, known: Properties = known) -> list[str]:
            return [known.get(name, "") for name in names]

        serial = next((known[name] for name in _SERIALS if known.get(name)), "")
        words = of("ID_PATH", "ID_WWN", "ID_MODEL")
        labels = (device, major, minor, *words, serial, *of("ID_REVISION"), rotational)
        pairs.append((Series(INFO, labels), b"1"))
        if is_physical:
            pairs.append((Series(PHYSICAL, (device,)), b"1"))
        if known.get("ID_FS_TYPE"):
            words = of("ID_FS_TYPE", "ID_FS_USAGE", "ID_FS_UUID", "ID_FS_VERSION")
            pairs.append((Series(FILESYSTEM, (device, *words)), b"1"))
        if known.get("DM_NAME"):
            words = of("DM_NAME", "DM_UUID", "DM_VG_NAME", "DM_LV_NAME", "DM_LV_LAYER")
            pairs.append((Series(MAPPER, (device, *words)), b"1"))
        if known.get("ID_ATA"):
            pairs += [
                (Series(family, (device,)), known[name].encode())
                for name, family in ATA.items()
                if _NUMBER.fullmatch(known.get(name, ""))
            ]
    return pairs


class DiskInfoSeries:
    """The series beside the counters. Looks again when disks come or go, and once a minute."""

    def __init__(self, sources: Sources) -> None:
        self._udev = UdevData(sources)
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder("block")
        self._series = FactSeries(samples)
        self._devices: list[tuple[bytes, bytes, bytes]] = []
        self._block: Block | None = None
        self._read_at = -REFRESH_SECONDS

    def block(self, devices: list[tuple[bytes, bytes, bytes]]) -> Block:
        """The block of these disks, given by name, major and minor number.

        Raises:
            MalformedError: a disk comes twice.
        """
        now = monotonic()
        old = now - self._read_at >= REFRESH_SECONDS
        if self._block is None or old or devices != self._devices:
            self._block = self._series.block([self._disk(*device) for device in devices])
            self._udev.forget_all_but({(b.decode(), c.decode()) for _, b, c in devices})
            # What is read once a minute need not stay open.
            self._attributes.close()
            self._devices = devices
            self._read_at = now
        return self._block

    def steady(self) -> Steadiness:
        """See ``SteadyCollector``."""
        return Steadiness([SteadyPart()], self._read_at + REFRESH_SECONDS)

    def _disk(self, name: bytes, major: bytes, minor: bytes) -> Disk:
        device = name.decode("utf-8", "replace")
        # A slash in a device's name is an exclamation mark in sysfs.
        folder = f"{self._folder}/{device.replace('/', '!')}"
        rotational = "1" if self._attributes.read(f"{folder}/queue/rotational") == b"1" else "0"
        numbers = (major.decode(), minor.decode())
        is_physical = bool(_NETWORK_DISK.fullmatch(device)) or (
            self._attributes.is_folder(f"{folder}/device") and not _NVME_PATH.fullmatch(device)
        )
        return (device, *numbers, rotational, self._udev.properties(*numbers), is_physical)
