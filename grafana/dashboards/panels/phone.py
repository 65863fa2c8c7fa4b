"""Big figures for a narrow screen."""

from __future__ import annotations

from grafana.dashboards.variables import machines
from grafana.dashboards.words import Panel, Query, Step

_WIDE = 24
# Title, metric, what good and bad look like, the limit, the unit.
_WORST = (
    (
        "CPU busy",
        "instance:node_cpu_busy:ratio_rate5m",
        "Good: below 90 %. Bad: red.",
        0.9,
        "percentunit",
    ),
    (
        "CPU pressure",
        "instance:node_pressure_cpu_waiting:ratio_rate5m",
        "Good: a few per cent. Bad: above 40 %.",
        0.4,
        "percentunit",
    ),
    (
        "Memory used",
        "instance:node_memory_used:ratio",
        "Good: below 90 %. Bad: red.",
        0.9,
        "percentunit",
    ),
    (
        "Memory pressure",
        "instance:node_pressure_memory_waiting:ratio_rate5m",
        "Good: 0. Bad: above 10 %.",
        0.1,
        "percentunit",
    ),
    (
        "Fullest file system",
        "instance:node_filesystem_used:ratio",
        "Good: below 97 %. Bad: red.",
        0.97,
        "percentunit",
    ),
    (
        "Disk queue",
        "instance:node_disk_longest_queue:rate5m",
        "Good: below 10 requests. Bad: more.",
        10,
        "short",
    ),
    (
        "CPU stolen",
        "instance:node_cpu_steal:ratio_rate5m",
        "Good: 0. Bad: above 5 %.",
        0.05,
        "percentunit",
    ),
)


def _figure(title: str, metric: str, description: str, limit: float, unit: str) -> Panel:
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
        steps=[Step(None, "green"), Step(limit, "red")],
        decimals=0 if unit == "percentunit" else 1,
        may_be_empty=True,
    )


def figures() -> list[Panel]:
    """The worst machine of each resource, one figure under the other."""
    return [_figure(*each) for each in _WORST]
