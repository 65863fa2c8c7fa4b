"""What the picked machines are."""

from __future__ import annotations

from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.variables import machines
from grafana.dashboards.words import Panel, Query, Style

_INFO = ("instance", "provider", "region", "zone", "instance_type", "cpu_model", "architecture")


def table() -> Panel:
    """One line for each machine: what it is, its CPUs, memory and age since boot."""
    cpus = machines("node_cpu_seconds_total", 'mode="idle"')
    booted = machines("node_boot_time_seconds")
    return Panel(
        title="Machines",
        description=(
            "What the picked machines are, by the inventory and by themselves; what is unknown is "
            "empty. Good: every machine that you expect is here. Bad: one is missing: its exporter "
            "is not scraped."
        ),
        kind="table",
        unit="none",
        queries=[
            Query(f"max by ({', '.join(_INFO)}) ({machines('perf_machine_info')})", at_end=True),
            Query(f"count by (instance) ({cpus})", at_end=True),
            Query(
                f"max by (instance) ({machines('node_memory_MemTotal_bytes')})",
                at_end=True,
            ),
            Query(f"time() - max by (instance) ({booted})", at_end=True),
        ],
        width=24,
        height=6,
        transformations=[merged(), sorted_by("instance"), arranged(_NAMES, ("Time", "Value #A"))],
        styles=[
            Style("Memory", (("unit", "bytes"),)),
            Style("Up for", (("unit", "s"), ("decimals", 1))),
        ],
    )


_NAMES = {
    "instance": "Machine",
    "instance_type": "Type",
    "provider": "Provider",
    "region": "Region",
    "zone": "Zone",
    "cpu_model": "CPU",
    "architecture": "Architecture",
    "Value #B": "CPUs",
    "Value #C": "Memory",
    "Value #D": "Up for",
}
