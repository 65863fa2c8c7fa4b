"""``node_pcidevice_*``: what sysfs says of each PCI device (kernel: ABI/testing/sysfs-bus-pci)."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collectors.pcidevice.names import Names, read_names
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

LOG = logging.getLogger(__name__)

FOLDER = "bus/pci/devices"
LOCATION = ("segment", "bus", "device", "function")
_PARENT = tuple(f"parent_{label}" for label in LOCATION)
_IDENTITY = ("class_id", "vendor_id", "device_id", "subsystem_vendor_id", "subsystem_device_id")
_NAMES = (
    *("vendor_name", "device_name", "subsystem_vendor_name", "subsystem_device_name"),
    "class_name",
)


def _family(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    source = f"/sys/{FOLDER}/*"
    return Family(f"node_pcidevice_{name}", "gauge", text, (*LOCATION, *labels), source=source)


_INFO_TEXT = "Non-numeric data from /sys/bus/pci/devices/<location>, value is always 1."
INFO = _family("info", _INFO_TEXT, (*_PARENT, *_IDENTITY, "revision"))
NAMED_INFO = _family("info", _INFO_TEXT, (*_PARENT, *_IDENTITY, "revision", *_NAMES))
# By attribute.
SPEEDS = {
    f"{which}_link_speed": _family(
        f"{which}_link_transfers_per_second",
        f"Value of {word} link's transfers per second (T/s)",
    )
    for which, word in (("max", "maximum"), ("current", "current"))
}
NUMBERS = {
    "max_link_width": _family("max_link_width", "Value of maximum link's width (number of lanes)"),
    "current_link_width": _family(
        "current_link_width", "Value of current link's width (number of lanes)"
    ),
    "d3cold_allowed": _family(
        "d3cold_allowed", "Whether the PCIe device supports D3cold power state (0/1)."
    ),
    "sriov_drivers_autoprobe": _family(
        "sriov_drivers_autoprobe",
        "Whether SR-IOV drivers autoprobe is enabled for the device (0/1).",
    ),
    "sriov_numvfs": _family(
        "sriov_numvfs", "Number of Virtual Functions (VFs) currently enabled for SR-IOV."
    ),
    "sriov_totalvfs": _family(
        "sriov_totalvfs", "Total number of Virtual Functions (VFs) supported by the device."
    ),
    "sriov_vf_total_msix": _family(
        "sriov_vf_total_msix", "Total number of MSI-X vectors for Virtual Functions."
    ),
    "numa_node": _family(
        "numa_node",
        "NUMA node number for the PCI device. -1 indicates unknown or not available.",
    ),
}
POWER = _family(
    "power_state",
    "PCIe device power state, one of: D0, D1, D2, D3hot, D3cold, unknown or error.",
    ("state",),
)
STATES = ("D0", "D1", "D2", "D3hot", "D3cold", "unknown", "error")
FAMILIES = (INFO, *SPEEDS.values(), *NUMBERS.values(), POWER)

IDS_FILE = Flag(
    "collector.pcidevice.idsfile", "", "File pci.ids with the names of PCI devices; see lspci(8)."
)
WITH_NAMES = Flag(
    "collector.pcidevice.names", False, "Show the names of PCI devices, from a file pci.ids."
)
# Below --path.rootfs.
IDS_FILES = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids")
# Who a device is cannot change while it is there; another one may come into its place.
REFRESH_SECONDS = 60.0
_LOCATION = re.compile(r"([0-9a-f]{1,8}):([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-9a-f])")
_SPEED = re.compile(rb"([0-9]+(?:\.[0-9]+)?) GT/s(?: PCIe)?")
_WIDTHS = (6, 4, 4, 4, 4)
Samples = list[tuple[Series, bytes]]


class Device(NamedTuple):
    """Who a device is: its place, that of the bridge above it, and digits of what it is.

    ``identity`` has the digits of ``_IDENTITY`` in its order, without ``0x``.
    """

    location: tuple[str, ...]
    parent: tuple[str, ...]
    identity: tuple[str, ...]
    revision: str


def location_of(name: str) -> tuple[str, ...] | None:
    """The four parts of ``0000:00:1f.2``; None when it is no such place."""
    match = _LOCATION.fullmatch(name)
    if match is None:
        return None
    segment, bus, device, function = (int(part, 16) for part in match.groups())
    return (f"{segment:04x}", f"{bus:02x}", f"{device:02x}", f"{function:x}")


def info_labels(device: Device, names: Names | None) -> tuple[str, ...]:
    """The labels of ``node_pcidevice_info``, with names where there are any."""
    digits = tuple(f"0x{one}" for one in (*device.identity, device.revision))
    labels = (*device.location, *device.parent, *digits)
    if names is None:
        return labels
    class_, vendor, model, subsystem_vendor, subsystem = device.identity
    return (
        *labels,
        names.of_vendor(vendor),
        names.of_device(vendor, model),
        names.of_vendor(subsystem_vendor),
        names.of_subsystem((vendor, model), (subsystem_vendor, subsystem)),
        names.of_class(class_),
    )


class PcideviceCollector:
    """``node_pcidevice_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = VaryingSeries()
        self._devices: dict[str, Device] = {}
        self._read_at = -REFRESH_SECONDS
        self._names: Names | None = None
        given = flags[IDS_FILE.variable]
        self._ids = [Path(given)] if given else [sources.paths.rootfs / name for name in IDS_FILES]
        self._with_names = flags[WITH_NAMES.variable]

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        listed = self._attributes.present(self._folder)
        now = monotonic()
        if now - self._read_at >= REFRESH_SECONDS or listed != list(self._devices):
            devices = {name: self._device(name) for name in listed}
            if self._with_names and (self._names is None or devices != self._devices):
                self._names = self._find_names(devices)
            self._devices, self._read_at = devices, now
        pairs = []
        for name, device in self._devices.items():
            pairs += self._samples(name, device)
        return [self._series.block(pairs)]

    def _device(self, name: str) -> Device:
        path = f"{self._folder}/{name}"
        location = location_of(name)
        if location is None:
            raise CollectorError(f"{path}: expected a device's place, as 0000:00:1f.2")
        above = Path(path).readlink().parent.name
        digits = [
            f"{self._hexadecimal(f'{path}/{attribute}'):0{width}x}"
            for attribute, width in zip(
                ("class", "vendor", "device", "subsystem_vendor", "subsystem_device"),
                _WIDTHS,
                strict=True,
            )
        ]
        revision = f"{self._hexadecimal(f'{path}/revision'):02x}"
        return Device(location, location_of(above) or ("*",) * 4, tuple(digits), revision)

    def _hexadecimal(self, path: str) -> int:
        data = self._attributes.read(path)
        try:
            return int(data or b"", 16)
        except ValueError as error:
            expected = f"{path}: expected a hexadecimal number, found {shown(data or b'')}"
            raise CollectorError(expected) from error

    def _find_names(self, devices: dict[str, Device]) -> Names:
        wanted = {device.identity[1:3] for device in devices.values()}
        vendors = {device.identity[i] for device in devices.values() for i in (1, 3)}
        for path in self._ids:
            try:
                with path.open(encoding="utf-8", errors="replace") as lines:
                    return read_names(lines, {(a, b) for a, b in wanted}, vendors)
            except OSError:
                continue
        LOG.warning(
            "collector pcidevice: no names: expected a file pci.ids at %s",
            " or ".join(map(str, self._ids)),
        )
        return Names()

    def _samples(self, name: str, device: Device) -> Samples:
        path = f"{self._folder}/{name}"
        names = self._names
        info = INFO if names is None else NAMED_INFO
        pairs: Samples = [(Series(info, info_labels(device, names)), b"1")]
        for attribute, family in SPEEDS.items():
            data = self._attributes.read(f"{path}/{attribute}")
            match = _SPEED.fullmatch(data or b"")
            if match is not None:
                pairs.append((Series(family, device.location, b"e9"), match[1]))
            elif data and not data.startswith(b"Unknown"):
                raise CollectorError(f"{path}/{attribute}: expected GT/s, found {shown(data)}")
        for attribute, family in NUMBERS.items():
            data = self._attributes.read(f"{path}/{attribute}")
            # -1 is a node that is not known.
            if data and not data.startswith((b"Unknown", b"-")):
                check_counters([data], f"{path}/{attribute}")
                pairs.append((Series(family, device.location), data))
        state = self._attributes.text(f"{path}/power_state")
        if state:
            pairs += [
                (Series(POWER, (*device.location, one)), b"%d" % (one == state)) for one in STATES
            ]
        return pairs


SPECIFICATION = CollectorSpecification(
    "pcidevice", FAMILIES, PcideviceCollector, flags=(IDS_FILE, WITH_NAMES), enabled=False
)
