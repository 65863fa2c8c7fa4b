"""Frequencies of the CPUs, from /sys/devices/system/cpu/cpu*/cpufreq (admin-guide/pm/cpufreq.rst).

The kernel counts in kHz.
"""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import ABSENT_SCRAPES, Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "devices/system/cpu"
_SOURCE = f"/sys/{FOLDER}/cpu*/cpufreq"


def _hertz(name: str, text: str) -> Family:
    return Family(f"node_cpu_{name}_hertz", "gauge", text, ("cpu",), "hertz", _SOURCE)


# By the name of the attribute.
FREQUENCIES = {
    "cpuinfo_cur_freq": _hertz("frequency", "Current CPU thread frequency in hertz."),
    "cpuinfo_avg_freq": _hertz("frequency_avg", "Average CPU thread frequency in hertz."),
    "cpuinfo_min_freq": _hertz("frequency_min", "Minimum CPU thread frequency in hertz."),
    "cpuinfo_max_freq": _hertz("frequency_max", "Maximum CPU thread frequency in hertz."),
    "scaling_cur_freq": _hertz(
        "scaling_frequency", "Current scaled CPU thread frequency in hertz."
    ),
    "scaling_min_freq": _hertz(
        "scaling_frequency_min", "Minimum scaled CPU thread frequency in hertz."
    ),
    "scaling_max_freq": _hertz(
        "scaling_frequency_max", "Maximum scaled CPU thread frequency in hertz."
    ),
}
GOVERNOR = Family(
    "node_cpu_scaling_governor",
    "gauge",
    "Current enabled CPU frequency governor.",
    ("cpu", "governor"),
    source=_SOURCE,
)
KILOHERTZ = b"e3"
# What the hardware can do; it is read when a CPU's files come or go, and once in this time.
LASTING = ("cpuinfo_min_freq", "cpuinfo_max_freq")
MOVING = tuple(name for name in FREQUENCIES if name not in LASTING)
REFRESH_SECONDS = 60.0

# A CPU's number, its frequencies in kHz, its governor, and those it could have.
Cpu = tuple[str, tuple[bytes | None, ...], str, str]


def samples(cpus: list[Cpu]) -> list[tuple[Series, bytes]]:
    """The series of these CPUs."""
    pairs = []
    for cpu, values, governor, governors in cpus:
        for family, value in zip(FREQUENCIES.values(), values, strict=True):
            if value is not None:
                pairs.append((Series(family, (cpu,), KILOHERTZ), value))
        if governor:
            pairs += [
                (Series(GOVERNOR, (cpu, name)), b"1" if name == governor else b"0")
                for name in dict.fromkeys(governors.split())
            ]
    return pairs


class _Known(NamedTuple):
    """What is known of a CPU that has cpufreq."""

    cpu: str
    governor_path: str
    moving_paths: tuple[str, ...]
    # Of each of MOVING, and of the governor, whether it was there.
    present: tuple[bool, ...]
    lasting: dict[str, bytes | None]
    governors: str


class CpufreqCollector:
    """``node_cpu_*_hertz`` and ``node_cpu_scaling_governor``; nothing where no CPU has cpufreq."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._sources = sources
        self._rests_until = 0
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)
        self._names: list[str] = []
        self._known: list[_Known] = []
        self._read_at = -REFRESH_SECONDS

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        cycle = self._sources.cycle
        if cycle < self._rests_until:
            return [self._series.block([])]
        names = self._attributes.present(self._folder, "cpu")
        now = monotonic()
        anew = names != self._names or now - self._read_at >= REFRESH_SECONDS
        cpus = None if anew else self._read_known()
        if cpus is None:
            self._look_again(names)
            self._names, self._read_at = names, now
            cpus = self._read_known() or []
        if not self._known:
            # As other devices that are not there, they are looked for at every fourth scrape.
            self._rests_until = cycle + ABSENT_SCRAPES
        return [self._series.block(cpus)]

    def _read_known(self) -> list[Cpu] | None:
        """The known CPUs; None when one has other files than it had."""
        read = self._attributes
        cpus: list[Cpu] = []
        for known in self._known:
            governor = read.text(known.governor_path)
            moving = [read.number(path) for path in known.moving_paths]
            if (*(value is not None for value in moving), bool(governor)) != known.present:
                return None
            values = known.lasting | dict(zip(MOVING, moving, strict=True))
            if governor or any(value is not None for value in values.values()):
                in_order = tuple(values[name] for name in FREQUENCIES)
                cpus.append((known.cpu, in_order, governor, known.governors))
        return cpus

    def _look_again(self, names: list[str]) -> None:
        self._names = []
        read = self._attributes
        self._known = []
        for name in names:
            folder = f"{self._folder}/{name}/cpufreq"
            if not name[3:].isdigit() or not read.is_folder(folder):
                continue
            paths = tuple(f"{folder}/{attribute}" for attribute in MOVING)
            governor = read.text(f"{folder}/scaling_governor")
            present = (*(read.number(path) is not None for path in paths), bool(governor))
            lasting = {attribute: read.number(f"{folder}/{attribute}") for attribute in LASTING}
            governors = read.text(f"{folder}/scaling_available_governors") if governor else ""
            self._known.append(
                _Known(name[3:], f"{folder}/scaling_governor", paths, present, lasting, governors)
            )


SPECIFICATION = CollectorSpecification(
    "cpufreq", (*FREQUENCIES.values(), GOVERNOR), CpufreqCollector
)
