"""The plug-in ``sensors``: temperatures, fans and the battery, as psutil tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psutil
from prometheus_client.core import Metric

from exporter.collecting import Flags
from exporter.plugins.shipped import families
from exporter.plugins.shipped.metric_families import empty, of_one
from exporter.sources.files import Paths

Chips = Mapping[str, Sequence[Any]]


def labelled(chips: Chips) -> Iterator[tuple[tuple[str, str], Any]]:
    """Each sensor of psutil's with labels of its own: chip and sensor.

    A sensor without a name has its place in the list (``1``); of those with one name all but the
    first have it behind that (``Core 0 #3``).
    """
    for chip, entries in chips.items():
        seen = set()
        for place, entry in enumerate(entries, 1):
            name = entry.label or str(place)
            if name in seen:
                name = f"{name} #{place}"
            seen.add(name)
            yield (chip, name), entry


def temperatures(chips: Chips) -> list[Metric]:
    """The families of what ``psutil.sensors_temperatures`` gave."""
    current, high, critical = map(empty, (families.TEMPERATURE, families.HIGH, families.CRITICAL))
    for labels, entry in labelled(chips):
        for metric, value in (
            (current, entry.current),
            (high, entry.high),
            (critical, entry.critical),
        ):
            if value is not None:
                metric.add_metric(labels, value)
    return [current, high, critical]


def fans(chips: Chips) -> list[Metric]:
    """The family of what ``psutil.sensors_fans`` gave."""
    speed = empty(families.FAN)
    for labels, entry in labelled(chips):
        speed.add_metric(labels, entry.current)
    return [speed]


def battery(told: Any) -> list[Metric]:
    """The families of what ``psutil.sensors_battery`` gave; none of what it does not know."""
    if told is None:
        return []
    found = [of_one(families.CHARGE, told.percent / 100)]
    if told.secsleft is not None and told.secsleft >= 0:
        found.append(of_one(families.REMAINING, told.secsleft))
    if told.power_plugged is not None:
        found.append(of_one(families.PLUGGED, told.power_plugged))
    return found


class SensorCollector:
    """What psutil tells of the machine's sensors; no sample of what it has none of."""

    def collect(self) -> Iterator[Metric]:
        """The families of now; see prometheus_client."""
        yield from temperatures(psutil.sensors_temperatures())
        yield from fans(psutil.sensors_fans())
        try:
            told = psutil.sensors_battery()
        except FileNotFoundError:
            # A kernel without power supplies has no folder of them.
            told = None
        yield from battery(told)


def make(flags: Flags, paths: Paths) -> SensorCollector:
    """The plug-in; psutil reads /sys, wherever ``--path.sysfs`` is."""
    del flags, paths
    return SensorCollector()
