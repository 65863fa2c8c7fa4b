"""Sensors of hardware monitors, from /sys/class/hwmon (kernel: hwmon/sysfs-interface.rst).

The kernel counts in thousandths of a volt, degree or ampere, and in millionths of a watt or joule.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.collectors.hwmon.names import (
    CHIP_NAMES,
    FAMILIES,
    SENSOR_LABEL,
    SENSORS,
    clean,
    family_of,
    split,
)
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/hwmon"
CHIP_INCLUDE = Flag("collector.hwmon.chip-include", None, "Regular expression of chips to show.")
CHIP_EXCLUDE = Flag(
    "collector.hwmon.chip-exclude", None, "Regular expression of chips to leave out."
)
SENSOR_INCLUDE = Flag(
    "collector.hwmon.sensor-include", None, "Regular expression of 'chip;sensor' to show."
)
SENSOR_EXCLUDE = Flag(
    "collector.hwmon.sensor-exclude", None, "Regular expression of 'chip;sensor' to leave out."
)
_NUMBER = re.compile(rb"-?[0-9]{1,20}(\.[0-9]{1,20})?")


class Monitor(NamedTuple):
    """One monitor: the chip's label, its own name, and by sensor the elements as they stand."""

    chip: str
    name: str
    sensors: dict[str, dict[str, bytes]]


def samples(monitors: list[Monitor]) -> list[tuple[Series, bytes]]:
    """The series of these monitors; an element that is no number has none."""
    pairs = []
    for monitor in monitors:
        if monitor.name:
            pairs.append((Series(CHIP_NAMES, (monitor.chip, monitor.name)), b"1"))
        for sensor, elements in monitor.sensors.items():
            labels = (monitor.chip, sensor)
            if "label" in elements:
                text = elements["label"].decode("utf-8", "replace")
                pairs.append((Series(SENSOR_LABEL, (*labels, text)), b"1"))
            pairs += _sensor(labels, elements)
    return pairs


def _sensor(labels: tuple[str, str], elements: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    parts = split(labels[1])
    assert parts is not None
    kind = parts[0]
    if kind == "beep_enable":
        family = family_of(kind, "", elements)[0]
        return [(Series(family, labels), b"1" if elements.get("") == b"1" else b"0")]
    pairs = []
    for element, value in elements.items():
        if element == "label" or _NUMBER.fullmatch(value) is None:
            continue
        if kind == "freq" and element == "input":
            if "label" not in elements:
                continue
            labels = (labels[0], clean(elements["label"].decode("utf-8", "replace")))
        family, scale = family_of(kind, element, elements)
        pairs.append((Series(family, labels, scale), value))
    return pairs


class HwmonCollector:
    """``node_hwmon_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._chips = DeviceFilter(CHIP_EXCLUDE, CHIP_INCLUDE, flags, together=True)
        self._sensors = DeviceFilter(SENSOR_EXCLUDE, SENSOR_INCLUDE, flags, together=True)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.present(self._folder)
        found = [(name, self._base(name), self._own_name(name)) for name in names]
        bases = Counter(base for _, base, _ in found)
        pairs = Counter((base, own) for _, base, own in found)
        monitors = []
        for name, base, own in found:
            chip = base
            if bases[base] > 1:
                # Two monitors of one device are told apart by their names, else by their numbers.
                distinct = own and pairs[base, own] == 1
                chip = f"{base}_{own if distinct else clean(name)}"
            if self._chips(chip):
                monitors.append(Monitor(chip, own, self._read(name, chip)))
        return [self._series.block(monitors)]

    def _own_name(self, name: str) -> str:
        return clean(self._attributes.text(f"{self._folder}/{name}/name"))

    def _base(self, name: str) -> str:
        """A label that stays from boot to boot: the device's place, else its name."""
        folder = f"{self._folder}/{name}"
        if os.path.lexists(f"{folder}/device"):
            above, device = os.path.split(os.path.realpath(f"{folder}/device"))
            kind = clean(os.path.basename(above))  # noqa: PTH119 - a tenth of the cost
            if clean(device):
                return f"{kind}_{clean(device)}" if kind else clean(device)
        return self._own_name(name) or clean(name)

    def _read(self, name: str, chip: str) -> dict[str, dict[str, bytes]]:
        sensors: dict[str, dict[str, bytes]] = {}
        folder = f"{self._folder}/{name}"
        for place in (folder, f"{folder}/device"):
            try:
                entries = self._attributes.names(place)
            except (FileNotFoundError, NotADirectoryError):
                continue
            for entry in entries:
                parts = split(entry)
                if parts is None or parts[0] not in SENSORS:
                    continue
                sensor = f"{parts[0]}{parts[1]}"
                if not self._sensors(f"{chip};{sensor}"):
                    continue
                value = self._attributes.read(f"{place}/{entry}")
                if value is not None:
                    sensors.setdefault(sensor, {})[parts[2]] = value
        return sensors


SPECIFICATION = CollectorSpecification(
    "hwmon",
    FAMILIES,
    HwmonCollector,
    flags=(CHIP_INCLUDE, CHIP_EXCLUDE, SENSOR_INCLUDE, SENSOR_EXCLUDE),
)
