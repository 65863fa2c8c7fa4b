"""What the kernel says of each CPU vulnerability, from /sys/devices/system/cpu/vulnerabilities.

Kernel: Documentation/ABI/testing/sysfs-devices-system-cpu.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "devices/system/cpu/vulnerabilities"
INFO = Family(
    "node_cpu_vulnerabilities_info",
    "gauge",
    "Details of each CPU vulnerability reported by sysfs. The value of the series is an int "
    "encoded state of the vulnerability. The same state is stored as a string in the label",
    ("codename", "state", "mitigation"),
    source=f"/sys/{FOLDER}/*",
)
NOT_AFFECTED, UNKNOWN = "not affected", "unknown"
# What a state's text begins with, and whether words about the mitigation come behind it.
_STATES = {NOT_AFFECTED: False, "vulnerable": True, "mitigation": True, UNKNOWN: True}


def parse(text: str) -> tuple[str, str]:
    """State and mitigation; of a text that begins with no state, all of it is the second."""
    for state, has_more in _STATES.items():
        if text.lower().startswith(state):
            # The state's own word has a colon behind it where there is more.
            return (state, " ".join(text.split()[1:])) if has_more else (state, "")
    return UNKNOWN, text.strip()


def samples(texts: list[tuple[str, str]]) -> list[tuple[Series, bytes]]:
    """The series of these vulnerabilities: names and texts."""
    return [(Series(INFO, (name, *parse(text))), b"1") for name, text in texts]


class CpuVulnerabilitiesCollector:
    """``node_cpu_vulnerabilities_info``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        texts = []
        for name in self._attributes.present(self._folder):
            data = self._attributes.read(f"{self._folder}/{name}")
            if data is not None:
                texts.append((name, data.decode("utf-8", "replace")))
        return [self._series.block(texts)]


SPECIFICATION = CollectorSpecification(
    "cpu_vulnerabilities", (INFO,), CpuVulnerabilitiesCollector, enabled=False
)
