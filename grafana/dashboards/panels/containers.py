"""Containers: CPU against quota, memory against limit, I/O, processes and pressure."""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_CONTAINERS
from grafana.dashboards.thresholds import (
    CONTAINER_NEAR_MEMORY_LIMIT_USED,
    CONTAINER_THROTTLED_THROTTLED,
)
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.variables import MOST, containers, highest, machines
from grafana.dashboards.words import Panel, Query, Step, Style

_NAME = "{{instance}} {{name}}"
_BY = "by (instance, name)"


def _rate(metric: str, *more: str) -> str:
    return f"rate({containers(metric, *more)}[$__rate_interval])"


def _chart(  # noqa: PLR0913 - what differs between these charts
    title: str,
    description: str,
    unit: str,
    queries: list[Query],
    *,
    limit: float | None = None,
    width: int = 12,
) -> Panel:
    return Panel(
        title=title,
        description=f"The {MOST} containers of the picked machines with most. {description}",
        kind="timeseries",
        unit=unit,
        queries=queries,
        width=width,
        minimum=0,
        steps=[] if limit is None else [Step(None, "green"), Step(limit, "red")],
        may_be_empty=True,
    )


def _top(expression: str) -> str:
    return highest(expression, "instance, name", MOST)


def on_machine() -> Panel:
    """The containers of the picked machines, largest users of CPU first."""
    usage = machines("instance_name:container_cpu_usage:rate5m")
    return Panel(
        title="Containers by CPU",
        description=(
            f"CPUs that the {MOST} busiest containers of the picked machines use, on average. "
            "Good: what you expect to be busy is. Bad: one that takes all. A click leads to the "
            "containers' dashboard."
        ),
        kind="timeseries",
        unit="count:CPUs",
        queries=[Query(_top(f"max {_BY} ({usage})"), _NAME)],
        minimum=0,
        decimals=2,
        links=[SERIES_TO_CONTAINERS],
        may_be_empty=True,
    )


def cpu() -> Panel:
    """CPUs in use."""
    usage = f"sum {_BY} ({_rate('container_cpu_usage_seconds_total')})"
    return _chart(
        "CPUs used",
        "CPUs in use, on average. Good: below the quota. Bad: at it.",
        "count:CPUs",
        [Query(_top(usage), _NAME)],
    )


def throttled() -> Panel:
    """Share of periods in which a container was held back."""
    held = _rate("container_cpu_cfs_throttled_periods_total")
    periods = _rate("container_cpu_cfs_periods_total")
    expression = f"sum {_BY} ({held}) / (sum {_BY} ({periods}) > 0)"
    return _chart(
        "Held back by the CPU quota",
        "Share of periods in which the container had used up its quota before the end. Good: 0. "
        f"Bad: above {CONTAINER_THROTTLED_THROTTLED}, for which there is an alert. Empty "
        "without a quota.",
        "percentunit",
        [Query(_top(expression), _NAME)],
        limit=CONTAINER_THROTTLED_THROTTLED.value,
    )


def memory() -> Panel:
    """Memory that cannot simply be taken back."""
    used = f"max {_BY} ({containers('container_memory_working_set_bytes')})"
    return _chart(
        "Memory in use",
        "Memory that the kernel cannot simply take back (working set). Good: a plateau. Bad: a "
        "line that only rises.",
        "bytes",
        [Query(_top(used), _NAME)],
    )


def memory_of_limit() -> Panel:
    """Memory as a share of the limit."""
    used = f"max {_BY} ({containers('container_memory_working_set_bytes')})"
    limit = f"max {_BY} ({containers('container_spec_memory_limit_bytes')})"
    return _chart(
        "Memory of the limit",
        "Working set as a share of the limit. Good: below 80 %. Bad: above "
        f"{CONTAINER_NEAR_MEMORY_LIMIT_USED}, for which there is an alert; at 100 % the "
        "kernel kills. Empty without a limit.",
        "percentunit",
        [Query(_top(f"{used} / ({limit} > 0)"), _NAME)],
        limit=CONTAINER_NEAR_MEMORY_LIMIT_USED.value,
    )


def read() -> Panel:
    """Bytes read."""
    return _chart(
        "Read from disks",
        "Bytes read a second. Good: follows the work. Bad: one container at the volume's limit "
        "while others wait.",
        "Bps",
        [Query(_top(f"sum {_BY} ({_rate('container_fs_reads_bytes_total')})"), _NAME)],
        width=8,
    )


def written() -> Panel:
    """Bytes written."""
    return _chart(
        "Written to disks",
        "Bytes written a second. Good: follows the work. Bad: one container at the volume's limit "
        "while others wait.",
        "Bps",
        [Query(_top(f"sum {_BY} ({_rate('container_fs_writes_bytes_total')})"), _NAME)],
        width=8,
    )


def waiting() -> list[Panel]:
    """Share of time in which some task of a container waited, for each resource."""
    return [
        _chart(
            f"Waiting for {what}",
            f"Share of time in which some task of the container waited for {what}. {judged} Empty "
            "where the kernel counts none.",
            "percentunit",
            [Query(_top(f"max {_BY} ({_rate(metric)})"), _NAME)],
            width=8,
        )
        for what, metric, judged in (
            (
                "a CPU",
                "container_pressure_cpu_waiting_seconds_total",
                "Good: a few per cent. Bad: above 40 %.",
            ),
            (
                "memory",
                "container_pressure_memory_waiting_seconds_total",
                "Good: 0. Bad: above 10 %.",
            ),
            (
                "disks",
                "container_pressure_io_waiting_seconds_total",
                "Good: a few per cent. Bad: above 20 %.",
            ),
        )
    ]


def processes() -> Panel:
    """Processes in a container."""
    running = f"max {_BY} ({containers('container_processes')})"
    return _chart(
        "Processes",
        "Processes in the container. Good: steady. Bad: a line that only rises: children that "
        "nobody waits for.",
        "short",
        [Query(_top(running), _NAME)],
        width=8,
    )


def table() -> Panel:
    """What each container is."""
    info = containers("perf_container_info")
    labels = "instance, name, runtime, namespace, pod, container"
    return Panel(
        title="Containers",
        description=(
            "What the picked containers of the picked machines are; what is unknown is empty. "
            "Good: all that you expect. Bad: one is missing, or its name is only a number: nobody "
            "is asked for names (--collector.cgroup.names), or perf_containers_unnamed says why."
        ),
        kind="table",
        unit="short",
        queries=[
            Query(f"max by ({labels}) ({info})", at_end=True),
            Query(
                f"sum {_BY} ({machines('instance_name:container_cpu_usage:rate5m')})", at_end=True
            ),
            Query(f"max {_BY} ({containers('container_memory_working_set_bytes')})", at_end=True),
            Query(
                f"max {_BY} ({containers('container_spec_memory_limit_bytes')}) > 0", at_end=True
            ),
        ],
        width=24,
        height=9,
        transformations=[merged(), sorted_by("name"), arranged(_COLUMNS, ("Time", "Value #A"))],
        styles=[
            Style("CPUs", (("decimals", 2),)),
            Style("Memory", (("unit", "bytes"),)),
            Style("Limit", (("unit", "bytes"),)),
        ],
        may_be_empty=True,
    )


_COLUMNS = {
    "instance": "Machine",
    "name": "Container",
    "runtime": "Runtime",
    "namespace": "Namespace",
    "pod": "Pod",
    "container": "In the pod",
    "Value #B": "CPUs",
    "Value #C": "Memory",
    "Value #D": "Limit",
}
