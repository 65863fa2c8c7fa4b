"""All machines at a glance: the worst few of each resource, from recorded series only."""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_MACHINE
from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.thresholds import (
    CONNTRACK_ALMOST_FULL_USED,
    CPU_PRESSURE_WAITING,
    DISK_SATURATED_BUSY,
    DISK_SATURATED_QUEUE,
    FILESYSTEM_ALMOST_FULL_USED,
    IN_NEED,
    MEMORY_PRESSURE_WAITING,
    MEMORY_RECLAIM_STALLS_STALLS,
    MEMORY_THRASHING_USED,
    NETWORK_ERRORS_ERRORS,
    RUN_QUEUE_LONG_LOAD,
    STEAL_HIGH_STOLEN,
)
from grafana.dashboards.variables import MOST, fleet_course, worst
from grafana.dashboards.words import DrawnThreshold, Panel, Query, Step

_SENT_AGAIN = DrawnThreshold(0.01, "1 %")  # there is no alert for it

# Of each chart: title, metric, what good and bad look like, unit, limit.
_UTILISATION = (
    (
        "CPU busy",
        "instance:node_cpu_busy:ratio_rate5m",
        f"Good: high without pressure. Bad: above {IN_NEED} for long.",
        "percentunit",
        IN_NEED,
    ),
    (
        "Memory used",
        "instance:node_memory_used:ratio",
        f"Good: below 80 %. Bad: above {MEMORY_THRASHING_USED}: the next peak swaps or kills.",
        "percentunit",
        MEMORY_THRASHING_USED,
    ),
    (
        "Fullest file system",
        "instance:node_filesystem_used:ratio",
        f"Good: below 80 %. Bad: above {FILESYSTEM_ALMOST_FULL_USED}: an alert, and soon "
        "no writes.",
        "percentunit",
        FILESYSTEM_ALMOST_FULL_USED,
    ),
    (
        "Busiest disk",
        "instance:node_disk_busiest:ratio_rate5m",
        f"Good: pauses. Bad: above {DISK_SATURATED_BUSY} with a long queue.",
        "percentunit",
        DISK_SATURATED_BUSY,
    ),
    (
        "Network received",
        "instance:node_network_receive_bytes:rate5m",
        "Good: follows the work. Bad: a flat top at the type's limit.",
        "Bps",
        None,
    ),
    (
        "Network sent",
        "instance:node_network_transmit_bytes:rate5m",
        "Good: follows the work. Bad: a flat top at the type's limit.",
        "Bps",
        None,
    ),
)
_SATURATION = (
    (
        "CPU pressure",
        "instance:node_pressure_cpu_waiting:ratio_rate5m",
        f"Good: a few per cent. Bad: above {CPU_PRESSURE_WAITING}, for which there is an alert.",
        "percentunit",
        CPU_PRESSURE_WAITING,
    ),
    (
        "Memory pressure",
        "instance:node_pressure_memory_waiting:ratio_rate5m",
        f"Good: 0. Bad: above {MEMORY_PRESSURE_WAITING}, for which there is an alert.",
        "percentunit",
        MEMORY_PRESSURE_WAITING,
    ),
    (
        "Disk queue",
        "instance:node_disk_longest_queue:rate5m",
        f"Good: below {DISK_SATURATED_QUEUE} requests. Bad: more, at a disk that is always busy.",
        "short",
        DISK_SATURATED_QUEUE,
    ),
    (
        "Load for each CPU",
        "instance:node_load1_by_cpus:ratio",
        f"Good: below 1. Bad: above {RUN_QUEUE_LONG_LOAD}.",
        "short",
        RUN_QUEUE_LONG_LOAD,
    ),
    (
        "CPU stolen",
        "instance:node_cpu_steal:ratio_rate5m",
        f"Good: 0. Bad: above {STEAL_HIGH_STOLEN}, for which there is an alert.",
        "percentunit",
        STEAL_HIGH_STOLEN,
    ),
    (
        "Allocation stalls",
        "instance:node_vmstat_allocstall:rate5m",
        "Allocations a second that had to reclaim memory first. Good: 0. "
        f"Bad: above {MEMORY_RECLAIM_STALLS_STALLS}.",
        "count:stalls/s",
        MEMORY_RECLAIM_STALLS_STALLS,
    ),
)
_ERRORS = (
    (
        "Network errors",
        "instance:node_network_errors:ratio_rate5m",
        f"Share of the worst interface's packets. Good: 0. Bad: above {NETWORK_ERRORS_ERRORS}.",
        "percentunit",
        NETWORK_ERRORS_ERRORS,
    ),
    (
        "TCP segments sent again",
        "instance:node_netstat_tcp_retransmitted:ratio_rate5m",
        f"Good: below 0.1 %. Bad: above {_SENT_AGAIN}.",
        "percentunit",
        _SENT_AGAIN,
    ),
    (
        "Connection table used",
        "instance:node_nf_conntrack_used:ratio",
        f"Good: below 50 %. Bad: above {CONNTRACK_ALMOST_FULL_USED}, for which there is an alert.",
        "percentunit",
        CONNTRACK_ALMOST_FULL_USED,
    ),
)


def count() -> Panel:
    """How many machines are scraped."""
    return figure(
        title="Machines",
        description=(
            "Machines that the filters let through and that are scraped. Good: as many as you "
            "have. Bad: fewer: look at the alerts and at the exporters' dashboard."
        ),
        query=Query(f"count({fleet_course('up')} == 1)", "machines"),
        sparkline=True,
    )


def average_busy() -> Panel:
    """Mean busy ratio of all machines."""
    return figure(
        title="CPU busy, mean",
        description=(
            "Mean of the machines' busy CPU share. Good: high, when no machine waits: you use what "
            "you pay for. Bad: below 20 % for days: there is money in fewer or smaller machines."
        ),
        unit="percentunit",
        query=Query(f"avg({fleet_course('instance:node_cpu_busy:ratio_rate5m')})", "busy"),
        sparkline=True,
    )


def in_need() -> Panel:
    """How many machines are near a limit."""
    need = fleet_course("instance:node_need:ratio")
    return figure(
        title="Machines in need",
        description=(
            f"Machines whose scarcest resource is above {IN_NEED} of its limit. Good: 0. Bad: more "
            "than a few: the table below says which, and of what."
        ),
        query=Query(f"count({need} > {IN_NEED.value}) or vector(0)", "machines"),
        steps=[Step(None, "green"), Step(1, "orange")],
    )


def not_scraped() -> Panel:
    """How many machines are not scraped."""
    return figure(
        title="Not scraped",
        description=(
            "Machines that are targets and do not answer. Good: 0. Bad: any: nothing is known of "
            "them meanwhile."
        ),
        query=Query(
            'count(up{job=~"$job",cluster=~"$cluster",tenant=~"$tenant"} == 0) or vector(0)'
        ),
        steps=[Step(None, "green"), Step(1, "red")],
    )


def _chart(
    title: str, metric: str, description: str, unit: str, limit: DrawnThreshold | None
) -> Panel:
    """The machines with the highest values of a recorded metric."""
    return Panel(
        title=title,
        description=f"The {MOST} machines with most. {description}",
        kind="timeseries",
        unit=unit,
        queries=[Query(worst(metric), "{{instance}}")],
        width=8,
        minimum=0,
        steps=[] if limit is None else [Step(None, "green"), Step(limit.value, "red")],
        links=[SERIES_TO_MACHINE],
        legend="list",
        may_be_empty=True,
    )


def utilisation() -> list[Panel]:
    """How much of each resource is in use, where most is."""
    return [_chart(*each) for each in _UTILISATION]


def saturation() -> list[Panel]:
    """Where work waits."""
    return [_chart(*each) for each in _SATURATION]


def errors() -> list[Panel]:
    """What went wrong."""
    return [_chart(*each) for each in _ERRORS]
