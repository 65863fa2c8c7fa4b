"""The exporter's own process, as prometheus-client's process collector sees it."""

from __future__ import annotations

from prometheus_client.process_collector import ProcessCollector as ClientProcessCollector
from prometheus_client.registry import CollectorRegistry

from exporter.collecting import CollectorSpecification, Flags
from exporter.families import Family, FamilyType, Sample
from exporter.rendering import Block, Layout, format_value
from exporter.sources import Sources


def _family(name: str, type_: FamilyType, text: str, unit: str = "") -> Family:
    return Family(f"process_{name}", type_, text, (), unit, "/proc/self")


FAMILIES = (
    _family("virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", "bytes"),
    _family("resident_memory_bytes", "gauge", "Resident memory size in bytes.", "bytes"),
    _family(
        "start_time_seconds",
        "gauge",
        "Start time of the process since unix epoch in seconds.",
        "seconds",
    ),
    _family(
        "cpu_seconds_total",
        "counter",
        "Total user and system CPU time spent in seconds.",
        "seconds",
    ),
    _family("max_fds", "gauge", "Maximum number of open file descriptors."),
    _family("open_fds", "gauge", "Number of open file descriptors."),
)
_BY_NAME = {family.name: family for family in FAMILIES}


class ProcessCollector:
    """``process_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources, flags
        self._client = ClientProcessCollector(registry=CollectorRegistry())
        self._names: list[str] = []
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        samples = [s for metric in self._client.collect() for s in metric.samples]
        names = [sample.name for sample in samples]
        if names != self._names:
            self._layout = Layout(Sample(_BY_NAME[name]) for name in names)
            self._names = names
        return [Block(self._layout, [format_value(sample.value) for sample in samples])]


SPECIFICATION = CollectorSpecification("process", FAMILIES, ProcessCollector)
