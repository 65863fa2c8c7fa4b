"""NVMe drives and their namespaces, from /sys/class/nvme (kernel: ABI/testing/sysfs-nvme)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/nvme"
INFO = Family(
    "node_nvme_info",
    "gauge",
    "Non-numeric data from /sys/class/nvme/<device>, value is always 1.",
    ("device", "firmware_revision", "model", "serial", "state", "cntlid"),
    source=f"/sys/{FOLDER}",
)
ATTRIBUTES = ("firmware_rev", "model", "serial", "state", "cntlid")
NAMESPACE_INFO = Family(
    "node_nvme_namespace_info",
    "gauge",
    "Information about NVMe namespaces. Value is always 1",
    ("device", "nsid", "ana_state"),
    source=f"/sys/{FOLDER}/<device>/<namespace>",
)


def _bytes(name: str, text: str) -> Family:
    return Family(
        f"node_nvme_namespace_{name}_bytes",
        "gauge",
        text,
        ("device", "nsid"),
        "bytes",
        f"/sys/{FOLDER}/<device>/<namespace>",
    )


CAPACITY = _bytes(
    "capacity",
    "Capacity of the NVMe namespace in bytes. Computed as namespace_size * "
    "namespace_logical_block_size",
)
SIZE = _bytes(
    "size",
    "Size of the NVMe namespace in bytes. Available in /sys/class/nvme/<device>/<namespace>/size",
)
USED = _bytes(
    "used",
    "Used space of the NVMe namespace in bytes. Available in "
    "/sys/class/nvme/<device>/<namespace>/nuse",
)
BLOCK = _bytes(
    "logical_block_size",
    "Logical block size of the NVMe namespace in bytes. Usually 4Kb. Available in "
    "/sys/class/nvme/<device>/<namespace>/queue/logical_block_size",
)
FAMILIES = (INFO, NAMESPACE_INFO, CAPACITY, SIZE, USED, BLOCK)
_NAMESPACE = re.compile(r"nvme[0-9]+(?:c[0-9]+)?n([0-9]+)")

# Device, the texts in the order of ``ATTRIBUTES``, and its namespaces:
# number, ANA state, size and use in blocks, block size in bytes.
Namespace = tuple[str, str, int, int, int]
Device = tuple[str, tuple[str, ...], list[Namespace]]


def samples(devices: list[Device]) -> list[tuple[Series, bytes]]:
    """The series of these drives."""
    pairs = []
    for device, texts, namespaces in devices:
        pairs.append((Series(INFO, (device, *texts)), b"1"))
        for number, state, size, used, block in namespaces:
            pairs.append((Series(NAMESPACE_INFO, (device, number, state)), b"1"))
            values = ((CAPACITY, size * block), (SIZE, size * block), (USED, used * block))
            pairs += [
                (Series(family, (device, number)), b"%d" % value)
                for family, value in (*values, (BLOCK, block))
            ]
    return pairs


class NvmeCollector:
    """``node_nvme_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.present(self._folder)
        return [self._series.block([self._device(name) for name in names])]

    def _device(self, name: str) -> Device:
        read = self._attributes
        folder = f"{self._folder}/{name}"
        texts = tuple(read.text(f"{folder}/{attribute}") for attribute in ATTRIBUTES)
        namespaces: list[Namespace] = []
        for entry in read.names(folder, "nvme"):
            if match := _NAMESPACE.fullmatch(entry):
                path = f"{folder}/{entry}"
                state = read.read(f"{path}/ana_state")
                namespaces.append(
                    (
                        match[1],
                        "unknown" if state is None else state.decode("utf-8", "replace"),
                        int(read.needed_number(f"{path}/size")),
                        int(read.needed_number(f"{path}/nuse")),
                        int(read.needed_number(f"{path}/queue/logical_block_size")),
                    )
                )
        return (name, texts, namespaces)


SPECIFICATION = CollectorSpecification("nvme", FAMILIES, NvmeCollector)
