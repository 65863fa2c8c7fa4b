"""What each container of a machine used over the range. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.analysis.report_data import ReportData
from reporter.analysis.utilisation import Summary, summarise
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.asking.usage_queries import CONTAINER_CPUS, CONTAINER_MEMORY, CONTAINER_THROTTLED


@dataclass(frozen=True)
class Container:
    """One container: CPUs in use, bytes of its working set (95th percentile), throttled share."""

    name: str
    cpu: Summary
    memory: float | None
    throttled: float | None


def containers(data: ReportData, machine: Machine) -> list[Container]:
    """The machine's containers, those that used most CPU time first."""

    def by_id(query: RangeQuery) -> dict[str, Summary | None]:
        every = data.observed_each(query, machine)
        return {labels.get("id", ""): summarise(found) for labels, found in every}

    memory, throttled = by_id(CONTAINER_MEMORY), by_id(CONTAINER_THROTTLED)
    found = []
    for labels, own in data.observed_each(CONTAINER_CPUS, machine):
        identifier = labels.get("id", "")
        cpu, used, held = summarise(own), memory.get(identifier), throttled.get(identifier)
        if cpu:
            name = labels.get("name") or identifier
            found.append(
                Container(name, cpu, used.p95 if used else None, held.mean if held else None)
            )
    return sorted(found, key=lambda one: (-one.cpu.mean, one.name))
