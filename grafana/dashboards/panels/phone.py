"""Big figures for a narrow screen."""

from __future__ import annotations

from grafana.dashboards.thresholds import (
    CPU_PRESSURE_WAITING,
    DISK_SATURATED_QUEUE,
    FILESYSTEM_ALMOST_FULL_USED,
    IN_NEED,
    MEMORY_PRESSURE_WAITING,
    MEMORY_THRASHING_USED,
    STEAL_HIGH_STOLEN,
)
from grafana.dashboards.variables import machines
from grafana.dashboards.words import DrawnThreshold, Panel, Query, Step

_WIDE = 24
# Title, metric, what good and bad look like, the limit, the unit.
_WORST = (
    (
        "CPU busy",
        "instance:node_cpu_busy:ratio_rate5m",
        f"Good: below {IN_NEED}. Bad: red.",
        IN_NEED,
        "percentunit",
    ),
    (
        "CPU pressure",
        "instance:node_pressure_cpu_waiting:ratio_rate5m",
        f"Good: a few per cent. Bad: above {CPU_PRESSURE_WAITING}.",
        CPU_PRESSURE_WAITING,
        "percentunit",
    ),
    (
        "Memory used",
        "instance:node_memory_used:ratio",
        f"Good: below {MEMORY_THRASHING_USED}. Bad: red.",
        MEMORY_THRASHING_USED,
        "percentunit",
    ),
    (
        "Memory pressure",
        "instance:node_pressure_memory_waiting:ratio_rate5m",
        f"Good: 0. Bad: above {MEMORY_PRESSURE_WAITING}.",
        MEMORY_PRESSURE_WAITING,
        "percentunit",
    ),
    (
        "Fullest file system",
        "instance:node_filesystem_used:ratio",
        f"Good: below {FILESYSTEM_ALMOST_FULL_USED}. Bad: red.",
        FILESYSTEM_ALMOST_FULL_USED,
        "percentunit",
    ),
    (
        "Disk queue",
        "instance:node_disk_longest_queue:rate5m",
        f"Good: below {DISK_SATURATED_QUEUE} requests. Bad: more.",
        DISK_SATURATED_QUEUE,
        "short",
    ),
    (
        "CPU stolen",
        "instance:node_cpu_steal:ratio_rate5m",
        f"Good: 0. Bad: above {STEAL_HIGH_STOLEN}.",
        STEAL_HIGH_STOLEN,
        "percentunit",
    ),
)


def _figure(title: str, metric: str, description: str, limit: DrawnThreshold, unit: str) -> Panel:
    return Panel(
        title=title,
        description=f"The worst of the picked machines. {description}",
        kind="stat",
        unit=unit,
        queries=[
            Query(f"topk(1, max by (instance) ({machines(metric)}))", "{{instance}}", at_end=True)
        ],
        width=_WIDE,
        height=4,
        steps=[Step(None, "green"), Step(limit.value, "red")],
        decimals=0 if unit == "percentunit" else 1,
        may_be_empty=True,
    )


def figures() -> list[Panel]:
    """The worst machine of each resource, one figure under the other."""
    return [_figure(*each) for each in _WORST]
