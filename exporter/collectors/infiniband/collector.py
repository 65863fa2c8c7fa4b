"""InfiniBand and RoCE devices, from /sys/class/infiniband (ABI/stable/sysfs-class-infiniband)."""

from __future__ import annotations

import re

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.collectors.infiniband.counters import (
    COUNTERS,
    FOLDER,
    IN_WORDS,
    PORT_LABELS,
    WORD_BYTES,
)
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import shown, unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries, as_they_are

INCLUDE = Flag(
    "collector.infiniband.device-include", None, "Regular expression of devices to show."
)
EXCLUDE = Flag(
    "collector.infiniband.device-exclude", None, "Regular expression of devices to leave out."
)


def _gauge(name: str, text: str, unit: str = "") -> Family:
    source = f"/sys/{FOLDER}/<device>/ports/<port>"
    return Family(f"node_infiniband_{name}", "gauge", text, PORT_LABELS, unit, source)


TEXTS = ("board_id", "fw_ver", "hca_type")
INFO = Family(
    "node_infiniband_info",
    "gauge",
    "Non-numeric data from /sys/class/infiniband/<device>, value is always 1.",
    ("device", "board_id", "firmware_version", "hca_type"),
    source=f"/sys/{FOLDER}",
)
STATE = _gauge(
    "state_id",
    "State of the InfiniBand port (0: no change, 1: down, 2: init, 3: armed, 4: active, "
    "5: act defer)",
)
PHYSICAL_STATE = _gauge(
    "physical_state_id",
    "Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, "
    "4: shift, 5: link up, 6: link error recover, 7: phytest)",
)
RATE = _gauge("rate_bytes_per_second", "Maximum signal transfer rate", "bytes per second")
LIFESPAN = _gauge(
    "lifespan_seconds",
    "The maximum period in ms which defines the aging of the counter reads. Two consecutive reads "
    "within this period might return the same values.",
    "seconds",
)
FAMILIES = (
    INFO,
    STATE,
    PHYSICAL_STATE,
    RATE,
    LIFESPAN,
    *(family for counters in COUNTERS.values() for family in counters.values()),
)
_STATE = re.compile(rb"([0-9]{1,9}) *:.*")
_RATE = re.compile(rb"([0-9]{1,9}(?:\.[0-9]{1,9})?) .*")
_GIGABIT_BYTES = 125_000_000
# What some drivers write where a port does not count (no performance management agent).
_NOT_COUNTED = b"N/A"

Pair = tuple[Series, bytes]


def parse_state(data: bytes, source: str) -> bytes:
    """The number before the words, as in ``4: ACTIVE``.

    Raises:
        CollectorError: there is none.
    """
    match = _STATE.fullmatch(data)
    if match is None:
        raise CollectorError(f"{source}: expected a number and a state, found {shown(data)}")
    return match[1]


def parse_rate(data: bytes, source: str) -> int:
    """Bytes per second of ``100 Gb/sec (4X EDR)``.

    Raises:
        CollectorError: it does not begin with a number.
    """
    match = _RATE.fullmatch(data)
    if match is None:
        raise CollectorError(f"{source}: expected a rate in Gb/sec, found {shown(data)}")
    return int(float(match[1]) * _GIGABIT_BYTES)


class InfinibandCollector:
    """``node_infiniband_*``; a counter that a driver does not have is absent."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(as_they_are)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        names = read.present(self._folder)
        pairs: list[Pair] = []
        for name in names:
            if self._filter(name):
                folder = f"{self._folder}/{name}"
                texts = (read.text(f"{folder}/{attribute}") for attribute in TEXTS)
                pairs.append((Series(INFO, (name, *texts)), b"1"))
                for port in read.names(f"{folder}/ports"):
                    pairs += self._port(f"{folder}/ports/{port}", (name, port))
        return [self._series.block(pairs)]

    def _port(self, folder: str, labels: tuple[str, str]) -> list[Pair]:
        pairs = [
            (Series(family, labels), parse_state(self._needed(f"{folder}/{name}"), folder))
            for family, name in ((STATE, "state"), (PHYSICAL_STATE, "phys_state"))
        ]
        rate = parse_rate(self._needed(f"{folder}/rate"), f"{folder}/rate")
        pairs.append((Series(RATE, labels), b"%d" % rate))
        for subfolder, counters in COUNTERS.items():
            for attribute, family in counters.items():
                path = f"{folder}/{subfolder}/{attribute}"
                number = self._count(path)
                if number is not None:
                    number *= WORD_BYTES if attribute in IN_WORDS else 1
                    pairs.append((Series(family, labels), b"%d" % number))
        lifespan = self._count(f"{folder}/hw_counters/lifespan")
        if lifespan is not None:
            pairs.append((Series(LIFESPAN, labels, b"e-3"), b"%d" % lifespan))
        return pairs

    def _count(self, path: str) -> int | None:
        data = self._attributes.read(path)
        if data is None or data.startswith(_NOT_COUNTED):
            return None
        return unsigned(data, path)

    def _needed(self, path: str) -> bytes:
        data = self._attributes.read(path)
        if data is None:
            raise CollectorError(f"{path}: expected a port's state, found no file")
        return data


SPECIFICATION = CollectorSpecification(
    "infiniband", FAMILIES, InfinibandCollector, flags=(INCLUDE, EXCLUDE)
)
