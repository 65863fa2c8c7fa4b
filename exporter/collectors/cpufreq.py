"""Frequencies of the CPUs, from /sys/devices/system/cpu/cpu*/cpufreq (admin-guide/pm/cpufreq.rst).

The kernel counts in kHz.
"""

from __future__ import annotations

from exporter.attributes import Attributes
from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.families import Family, Sample
from exporter.rendering import Block, FactSeries
from exporter.sources import Sources

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

# A CPU's number, its frequencies in kHz, its governor, and those it could have.
Cpu = tuple[str, tuple[bytes | None, ...], str, str]


def samples(cpus: list[Cpu]) -> list[tuple[Sample, bytes]]:
    """The series of these CPUs."""
    pairs = []
    for cpu, values, governor, governors in cpus:
        for family, value in zip(FREQUENCIES.values(), values, strict=True):
            if value is not None:
                pairs.append((Sample(family, (cpu,), KILOHERTZ), value))
        if governor:
            pairs += [
                (Sample(GOVERNOR, (cpu, name)), b"1" if name == governor else b"0")
                for name in dict.fromkeys(governors.split())
            ]
    return pairs


class CpufreqCollector:
    """``node_cpu_*_hertz`` and ``node_cpu_scaling_governor``; nothing where no CPU has cpufreq."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        cpus: list[Cpu] = []
        try:
            names = read.names(self._folder, "cpu")
        except FileNotFoundError as error:
            raise NothingToRead from error
        for name in names:
            cpu = name[3:]
            if not cpu.isdigit():
                continue
            folder = f"{self._folder}/{name}/cpufreq"
            if not read.is_folder(folder):
                continue
            governor = read.text(f"{folder}/scaling_governor")
            values = tuple(read.number(f"{folder}/{attribute}") for attribute in FREQUENCIES)
            governors = read.text(f"{folder}/scaling_available_governors") if governor else ""
            if governor or any(value is not None for value in values):
                cpus.append((cpu, values, governor, governors))
        return [self._series.block(cpus)]


SPECIFICATION = CollectorSpecification(
    "cpufreq", (*FREQUENCIES.values(), GOVERNOR), CpufreqCollector
)
