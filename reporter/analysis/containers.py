"""What each container of a machine used over the range. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.analysis.utilisation import Summary, summarise
from reporter.asking.machines import Machine
from reporter.figures.material import Material


@dataclass(frozen=True)
class Container:
    """One container: CPUs in use, bytes of its working set (95th percentile), throttled share."""

    name: str
    cpu: Summary
    memory: float | None
    throttled: float | None


def containers(material: Material, machine: Machine) -> list[Container]:
    """The machine's containers, those that used most CPU time first."""

    def by_id(query: str) -> dict[str, Summary | None]:
        return {
            s.labels.get("id", ""): summarise(s.values) for s in material.series(query, machine)
        }

    memory, throttled = by_id("Container memory"), by_id("Container throttled")
    found = []
    for one in material.series("Container CPUs", machine):
        identifier = one.labels.get("id", "")
        cpu, used, held = summarise(one.values), memory.get(identifier), throttled.get(identifier)
        if cpu:
            name = one.labels.get("name") or identifier
            found.append(
                Container(name, cpu, used.p95 if used else None, held.mean if held else None)
            )
    return sorted(found, key=lambda one: (-one.cpu.mean, one.name))
