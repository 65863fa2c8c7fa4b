"""Hardware watchdogs, from /sys/class/watchdog (kernel: ABI/testing/sysfs-class-watchdog)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/watchdog"


def _family(attribute: str, unit: str = "") -> Family:
    name = f"{attribute}_{unit}" if unit else attribute
    path = f"/sys/{FOLDER}/<watchdog>/{attribute}"
    return Family(f"node_watchdog_{name}", "gauge", f"Value of {path}", ("name",), unit, path)


NUMBERS = {
    "bootstatus": _family("bootstatus"),
    "fw_version": _family("fw_version"),
    "nowayout": _family("nowayout"),
    "timeleft": _family("timeleft", "seconds"),
    "timeout": _family("timeout", "seconds"),
    "pretimeout": _family("pretimeout", "seconds"),
    "access_cs0": _family("access_cs0"),
}
TEXTS = ("options", "identity", "state", "status", "pretimeout_governor")
INFO = Family(
    "node_watchdog_info",
    "gauge",
    "Info of /sys/class/watchdog/<watchdog>",
    ("name", *TEXTS),
    source=f"/sys/{FOLDER}",
)

# Name, the numbers in the order of ``NUMBERS``, the texts in the order of ``TEXTS``.
Watchdog = tuple[str, tuple[bytes | None, ...], tuple[str, ...]]


def samples(watchdogs: list[Watchdog]) -> list[tuple[Series, bytes]]:
    """The series of these watchdogs."""
    pairs = []
    for name, numbers, texts in watchdogs:
        pairs += [
            (Series(family, (name,)), number)
            for family, number in zip(NUMBERS.values(), numbers, strict=True)
            if number is not None
        ]
        pairs.append((Series(INFO, (name, *texts)), b"1"))
    return pairs


class WatchdogCollector:
    """``node_watchdog_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        names = read.present(self._folder)
        watchdogs: list[Watchdog] = []
        for name in names:
            folder = f"{self._folder}/{name}"
            numbers = tuple([read.number(f"{folder}/{attribute}") for attribute in NUMBERS])
            texts = tuple([read.text(f"{folder}/{attribute}") for attribute in TEXTS])
            watchdogs.append((name, numbers, texts))
        return [self._series.block(watchdogs)]


SPECIFICATION = CollectorSpecification("watchdog", (*NUMBERS.values(), INFO), WatchdogCollector)
