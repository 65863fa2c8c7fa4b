"""The system's clock, its zone and its sources (sysfs: devices/system/clocksource)."""

from __future__ import annotations

import time

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries, Layout

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
# Zone, its offset, and for each device the clock sources that there are and the one in use.
Facts = tuple[str, int, tuple[tuple[bytes, bytes], ...]]
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


def samples(facts: Facts) -> list[tuple[Series, bytes]]:
    """The series beside the time itself.

    Raises:
        CollectorError: a clock source's name is no ASCII.
    """
    zone, offset, clocks = facts
    pairs = [(Series(ZONE, (zone,)), b"%d" % offset)]
    for device, (available, current) in enumerate(clocks):
        try:
            names = available.decode("ascii").split()
            used = current.decode("ascii").strip()
        except UnicodeDecodeError as error:
            where = f"/sys/{FOLDER}/clocksource{device}"
            raise CollectorError(f"{where}: expected names") from error
        pairs += [(Series(AVAILABLE, (str(device), name)), b"1") for name in names]
        pairs.append((Series(CURRENT, (str(device), used)), b"1"))
    return pairs


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
        self._now = Layout([Series(SECONDS, (), b"e-9")])
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        now = time.time_ns()
        zone = time.localtime()
        clocks = tuple([(available.read(), current.read()) for available, current in self._files])
        facts = (zone.tm_zone, zone.tm_gmtoff, clocks)
        return [Block(self._now, [b"%d" % now]), self._series.block(facts)]


SPECIFICATION = CollectorSpecification("time", (SECONDS, ZONE, AVAILABLE, CURRENT), TimeCollector)
