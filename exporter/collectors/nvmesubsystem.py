"""Paths to NVMe subsystems, from /sys/class/nvme-subsystem (kernel: nvme multipath, ABI/stable)."""

from __future__ import annotations

import re
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/nvme-subsystem"


def _family(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    return Family(
        f"node_nvmesubsystem_{name}",
        "gauge",
        text,
        ("subsystem", *labels),
        source=f"/sys/{FOLDER}/*",
    )


INFO = _family(
    "info",
    "Non-numeric information about an NVMe subsystem.",
    ("nqn", "model", "serial", "iopolicy"),
)
NAMESPACE = _family(
    "namespace_info", "Maps an NVMe namespace block device to its subsystem.", ("device",)
)
STATE = _family(
    "path_state",
    "Current NVMe controller path state (1 for the current state, 0 for all others).",
    ("controller", "transport", "state"),
)
PATHS = _family("paths", "Number of controller paths for an NVMe subsystem.")
LIVE = _family("paths_live", "Number of controller paths in live state for an NVMe subsystem.")
FAMILIES = (INFO, NAMESPACE, STATE, PATHS, LIVE)
STATES = ("connecting", "dead", "deleting", "live", "new", "resetting", "unknown")
_ATTRIBUTES = ("subsysnqn", "model", "serial", "iopolicy")
_CONTROLLER = re.compile(r"nvme\d+")
_NAMESPACE = re.compile(r"nvme\d+n\d+")


class Controller(NamedTuple):
    """A path to a subsystem."""

    name: str
    transport: str
    state: str


class Subsystem(NamedTuple):
    """A subsystem: the texts of ``INFO``'s labels, its namespaces' devices, the paths to it."""

    name: str
    texts: tuple[str, ...]
    namespaces: tuple[str, ...]
    controllers: tuple[Controller, ...]


def state_of(text: str) -> str:
    """The state's word: ``deleting (no IO)`` is deleting, one that is not known is unknown."""
    word = text.removesuffix(" (no IO)")
    return word if word in STATES else "unknown"


def samples(subsystems: list[Subsystem]) -> list[tuple[Series, bytes]]:
    """The series of the subsystems."""
    pairs = []
    for name, texts, namespaces, controllers in subsystems:
        pairs.append((Series(INFO, (name, *texts)), b"1"))
        pairs += [(Series(NAMESPACE, (name, device)), b"1") for device in namespaces]
        pairs += [
            (
                Series(STATE, (name, controller.name, controller.transport, state)),
                b"%d" % (state == controller.state),
            )
            for controller in controllers
            for state in STATES
        ]
        live = sum(controller.state == "live" for controller in controllers)
        pairs.append((Series(PATHS, (name,)), b"%d" % len(controllers)))
        pairs.append((Series(LIVE, (name,)), b"%d" % live))
    return pairs


class NvmesubsystemCollector:
    """``node_nvmesubsystem_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.present(self._folder, "nvme-subsys")
        return [self._series.block([self._subsystem(name) for name in names])]

    def _subsystem(self, name: str) -> Subsystem:
        folder = f"{self._folder}/{name}"
        entries = self._attributes.names(folder, "nvme")
        read = self._attributes.text
        return Subsystem(
            name,
            tuple(read(f"{folder}/{attribute}") for attribute in _ATTRIBUTES),
            tuple(entry for entry in entries if _NAMESPACE.fullmatch(entry)),
            tuple(
                Controller(
                    entry,
                    read(f"{folder}/{entry}/transport"),
                    state_of(read(f"{folder}/{entry}/state")),
                )
                for entry in entries
                if _CONTROLLER.fullmatch(entry)
            ),
        )


SPECIFICATION = CollectorSpecification(
    "nvmesubsystem", FAMILIES, NvmesubsystemCollector, enabled=False
)
