"""Temperatures and cooling, from /sys/class/thermal (kernel: driver-api/thermal/sysfs-api.rst)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/thermal"
ZONE = "thermal_zone"
DEVICE = "cooling_device"
TEMPERATURE = Family(
    "node_thermal_zone_temp",
    "gauge",
    "Zone temperature in Celsius",
    ("zone", "type"),
    "celsius",
    f"/sys/{FOLDER}/{ZONE}*/temp",
)
STATE, HIGHEST_STATE = (
    Family(
        f"node_cooling_device_{name}",
        "gauge",
        f"{text} throttle state of the cooling device",
        ("name", "type"),
        source=f"/sys/{FOLDER}/{DEVICE}*/{name}",
    )
    for name, text in (("cur_state", "Current"), ("max_state", "Maximum"))
)
MILLIDEGREES = b"e-3"

# Name, type, millidegrees; and name, type, state, highest state.
Zone = tuple[str, str, bytes]
Device = tuple[str, str, bytes, bytes]


def samples(facts: tuple[list[Zone], list[Device]]) -> list[tuple[Series, bytes]]:
    """The series of these zones and cooling devices."""
    zones, devices = facts
    pairs = [
        (Series(TEMPERATURE, (name, type_), MILLIDEGREES), value) for name, type_, value in zones
    ]
    for name, type_, state, highest in devices:
        pairs.append((Series(STATE, (name, type_)), state))
        pairs.append((Series(HIGHEST_STATE, (name, type_)), highest))
    return pairs


class ThermalZoneCollector:
    """``node_thermal_zone_temp`` and ``node_cooling_device_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        zones: list[Zone] = []
        devices: list[Device] = []
        names = read.if_present(self._folder)
        for entry in names:
            folder = f"{self._folder}/{entry}"
            if entry.startswith(ZONE):
                # A zone whose sensor does not answer has no temperature, not 0 degrees.
                value = read.number(f"{folder}/temp")
                if value is not None:
                    zones.append((entry.removeprefix(ZONE), read.text(f"{folder}/type"), value))
            elif entry.startswith(DEVICE):
                state = read.number(f"{folder}/cur_state")
                highest = read.number(f"{folder}/max_state")
                if state is not None and highest is not None:
                    name = entry.removeprefix(DEVICE)
                    devices.append((name, read.text(f"{folder}/type"), state, highest))
        return [self._series.block((zones, devices))]


SPECIFICATION = CollectorSpecification(
    "thermal_zone", (TEMPERATURE, STATE, HIGHEST_STATE), ThermalZoneCollector
)
