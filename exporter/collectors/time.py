"""The system's clock, its zone and its sources (sysfs: devices/system/clocksource)."""

from __future__ import annotations

import time

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, VaryingSeries
from exporter.sources import Sources

SECONDS = Family(
    "node_time_seconds",
    "gauge",
    "System time in seconds since epoch (1970).",
    unit="seconds",
    source="clock_gettime(2)",
)
ZONE = Family(
    "node_time_zone_offset_seconds",
    "gauge",
    "System time zone offset in seconds.",
    ("time_zone",),
    "seconds",
    "localtime(3)",
)
FOLDER = "devices/system/clocksource"
AVAILABLE, CURRENT = (
    Family(
        f"node_time_clocksource_{name}_info",
        "gauge",
        f"{text} read from '/sys/devices/system/clocksource'.",
        ("device", "clocksource"),
        source=f"/sys/{FOLDER}",
    )
    for name, text in (("available", "Available clocksources"), ("current", "Current clocksource"))
)


class TimeCollector:
    """``node_time_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        folders = sources.paths.sysfs.joinpath(FOLDER).glob("clocksource[0-9]*")
        self._files = [
            (
                sources.sys(f"{FOLDER}/{folder.name}/available_clocksource"),
                sources.sys(f"{FOLDER}/{folder.name}/current_clocksource"),
            )
            for folder in sorted(folders)
        ]
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        now = time.time_ns()
        zone = time.localtime()
        pairs = [
            (Sample(SECONDS, (), b"e-9"), b"%d" % now),
            (Sample(ZONE, (zone.tm_zone,)), b"%d" % zone.tm_gmtoff),
        ]
        for device, (available, current) in enumerate(self._files):
            try:
                names = available.read().decode("ascii").split()
                used = current.read().decode("ascii").strip()
            except UnicodeDecodeError as error:
                raise CollectorError(f"{available.path}: expected names") from error
            pairs += [(Sample(AVAILABLE, (str(device), name)), b"1") for name in names]
            pairs.append((Sample(CURRENT, (str(device), used)), b"1"))
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification("time", (SECONDS, ZONE, AVAILABLE, CURRENT), TimeCollector)
