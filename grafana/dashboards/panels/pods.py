"""Pods: their containers together, against limits of the pod itself, and kills among them."""

from __future__ import annotations

from grafana.dashboards.thresholds import POD_NEAR_MEMORY_LIMIT_USED, POD_THROTTLED_THROTTLED
from grafana.dashboards.variables import MOST, highest, machines
from grafana.dashboards.words import Panel, Query, Step

_NAME = "{{instance}} {{namespace}}/{{pod}}"
_LABELS = "instance, namespace, pod"


def _chart(
    title: str, description: str, expression: str, limit: float, unit: str = "percentunit"
) -> Panel:
    return Panel(
        title=title,
        description=f"The {MOST} pods of the picked machines with most. {description}",
        kind="timeseries",
        unit=unit,
        queries=[Query(highest(expression, _LABELS, MOST), _NAME)],
        width=8,
        minimum=0,
        steps=[Step(None, "green"), Step(limit, "red")],
        may_be_empty=True,
    )


def throttled() -> Panel:
    """Share of periods in which a pod was held back."""
    held = machines("instance_pod:container_cpu_throttled:ratio_rate5m")
    return _chart(
        "Pods held back by their CPU quota",
        "Share of periods in which the pod's containers together had used up the pod's quota "
        f"before the end. Good: 0. Bad: above {POD_THROTTLED_THROTTLED}, for which there is an "
        "alert. Empty where some container has no quota, and the pod none itself.",
        f"max by ({_LABELS}) ({held})",
        POD_THROTTLED_THROTTLED.value,
    )


def memory_of_limit() -> Panel:
    """Memory as a share of the pod's limit."""
    used = machines("instance_pod:container_memory_working_set:ratio")
    return _chart(
        "Memory of pods' limits",
        "Working set as a share of the pod's limit, which holds for its containers without one "
        f"too. Good: below 80 %. Bad: above {POD_NEAR_MEMORY_LIMIT_USED}, for which there is an "
        "alert; at 100 % the kernel kills in one of its containers. Empty without a limit.",
        f"max by ({_LABELS}) ({used})",
        POD_NEAR_MEMORY_LIMIT_USED.value,
    )


def killed() -> Panel:
    """Processes that the kernel killed in pods."""
    kills = machines("container_oom_events_total", 'name=""')
    pods = f"max by (job, id, {_LABELS}) ({machines('perf_pod_info')})"
    joined = f"* on (job, instance, id) group_left (namespace, pod) {pods}"
    return _chart(
        "Killed in pods for want of memory",
        "Processes that the kernel killed in any container of the pod, those that are gone too, "
        "counted over the last minute or one step of the chart, whichever is longer. Good: 0, "
        "always. Bad: any.",
        f"sum by ({_LABELS}) (increase({kills}[$__rate_interval]) {joined})",
        1,
        "short",
    )
