"""Containers at their limits, as the machine's dashboard shows them: CPU quota, memory, kills."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards.links import SERIES_TO_CONTAINERS
from grafana.dashboards.panels.shapes import grown, of_machines
from grafana.dashboards.thresholds import (
    CONTAINER_NEAR_MEMORY_LIMIT_USED,
    CONTAINER_THROTTLED_THROTTLED,
)
from grafana.dashboards.variables import MOST, highest, machines, rate
from grafana.dashboards.words import DrawnThreshold, Panel, Query, Step

_NAME = "{{instance}} {{name}}"
_BY = "by (instance, name)"
# Without a name it is no container: of our exporter it is a pod, of cAdvisor any other group, too.
_NAMED = 'name!=""'


def _share(title: str, description: str, expression: str, limit: DrawnThreshold) -> Panel:
    panel = of_machines(
        title,
        f"The {MOST} containers with most. {description}",
        "percentunit",
        [Query(highest(expression, "instance, name", MOST), _NAME)],
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )
    return replace(panel, links=[SERIES_TO_CONTAINERS])


def held_back() -> Panel:
    """Containers that their CPU quota holds back."""
    held = f"sum {_BY} ({rate('container_cpu_cfs_throttled_periods_total', _NAMED)})"
    periods = f"sum {_BY} ({rate('container_cpu_cfs_periods_total', _NAMED)})"
    return _share(
        "Containers held back",
        "Share of the quota's periods in which the container had to stop. Good: 0. Bad: above "
        f"{CONTAINER_THROTTLED_THROTTLED}: it waits though CPUs may be idle.",
        f"{held} / ({periods} > 0)",
        CONTAINER_THROTTLED_THROTTLED,
    )


def memory() -> Panel:
    """Containers near their memory limit."""
    used = f"max {_BY} ({machines('container_memory_working_set_bytes', _NAMED)})"
    limit = f"max {_BY} ({machines('container_spec_memory_limit_bytes', _NAMED)})"
    return _share(
        "Containers by memory of the limit",
        "Memory in use that cannot simply be dropped, as a share of the limit. Good: below 80 %. "
        f"Bad: above {CONTAINER_NEAR_MEMORY_LIMIT_USED}: the kernel kills what goes beyond.",
        f"{used} / ({limit} > 0)",
        CONTAINER_NEAR_MEMORY_LIMIT_USED,
    )


def kills() -> Panel:
    """Containers that ran out of memory."""
    killed = f"max {_BY} ({grown('container_oom_events_total', _NAMED)})"
    return of_machines(
        "Containers out of memory",
        "How often containers ran into their memory limit and were killed for it, within a step of "
        f"the chart, of the {MOST} with most. Good: 0. Bad: any.",
        "short",
        [Query(highest(killed, "instance, name", MOST), _NAME)],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )
