"""Every PromQL expression of the report, by the name of the figure that it feeds.

``{machines}`` stands for a matcher of the reported machines, ``{kernel}``, ``{purchase}`` and
``{busy}`` for matchers of those labels, ``{range}`` for the report's whole range, ``{window}`` for
the window of a rate, ``{disks}``, ``{interfaces}`` and ``{filesystems}`` for matchers of what
is named or found. They are filled by ``fill``, with values bound by ``perfanalysis.promql``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from perfanalysis.promql import one_of, string
from reporter.asking.devices import DETECTED, Devices

# What machines that are there at the range's end answer. It is asked first, and the whole
# expression only of the others: an engine works out both sides of an "or", and to read a day of
# counters of which none is needed costs it seconds in a large fleet.
AT_THE_END: dict[str, str] = {
    "CPUs": 'count by (instance) (node_cpu_seconds_total{{{machines},mode="idle"}})',
    # Some architectures tell no core of a CPU.
    "Cores": (
        "count by (instance) (count by (instance, package, core)"
        ' (node_cpu_info{{{machines},core!=""}}))'
        " or count by (instance) (count by (instance, package, core)"
        " (node_cpu_core_throttles_total{{{machines}}}))"
    ),
}

INSTANT: dict[str, str] = {
    "Machines": "last_over_time(perf_machine_info{{{machines}}}[{range}])",
    "Price": (
        "last_over_time(perf_machine_price_dollars_per_hour{{{machines},{purchase}}}[{range}])"
    ),
    # Those of the range's end; of a machine that has gone before it, all that it had.
    "CPUs": (
        f"{AT_THE_END['CPUs']} or count by (instance)"
        ' (last_over_time(node_cpu_seconds_total{{{machines},mode="idle"}}[{range}]))'
    ),
    "Memory": "last_over_time(node_memory_MemTotal_bytes{{{machines}}}[{range}])",
    "Max units per second": (
        "last_over_time(perf_loadtest_max_units_per_second{{{machines},{kernel}}}[{range}])"
    ),
    "Units per second of one worker": (
        "last_over_time(perf_loadtest_single_units_per_second{{{machines},{kernel}}}[{range}])"
    ),
    "Units per second by busy level": (
        "last_over_time(perf_loadtest_units_per_second{{{machines},{kernel},{busy}}}[{range}])"
    ),
    "Units per second, lower bound": (
        "last_over_time(perf_loadtest_units_per_second_lower{{{machines},{kernel},{busy}}}[{range}])"
    ),
    "Units per second, upper bound": (
        "last_over_time(perf_loadtest_units_per_second_upper{{{machines},{kernel},{busy}}}[{range}])"
    ),
    "Busy ratio reached": (
        "last_over_time(perf_loadtest_busy_ratio{{{machines},{kernel},{busy}}}[{range}])"
    ),
    "Steal ratio": (
        "last_over_time(perf_loadtest_steal_ratio{{{machines},{kernel},{busy}}}[{range}])"
    ),
    "Run valid": "last_over_time(perf_loadtest_valid{{{machines},{kernel}}}[{range}])",
    "Run": "last_over_time(perf_loadtest_info{{{machines},{kernel}}}[{range}])",
    "End of the run": (
        "last_over_time(perf_loadtest_timestamp_seconds{{{machines},{kernel}}}[{range}])"
    ),
    "Units per dollar": (
        "last_over_time(perf:units_per_dollar:max{{{machines},{kernel},{purchase}}}[{range}])"
    ),
    "Scrapes": "count_over_time(perf_machine_info{{{machines}}}[{range}])",
    "Cores": (
        f"{AT_THE_END['Cores']} or count by (instance) (count by (instance, package, core)"
        ' (last_over_time(node_cpu_info{{{machines},core!=""}}[{range}])))'
        " or count by (instance) (count by (instance, package, core)"
        " (last_over_time(node_cpu_core_throttles_total{{{machines}}}[{range}])))"
    ),
    "Work of every kernel": (
        "max by (instance, kernel)"
        " (last_over_time(perf_loadtest_max_units_per_second{{{machines}}}[{range}]))"
    ),
    "Violations": (
        "sum by (instance, collector, rule)"
        " (increase(perf_validation_violations_total{{{machines}}}[{range}])) > 0"
    ),
    "Restarts": "max by (instance) (changes(node_boot_time_seconds{{{machines}}}[{range}]))",
    "Resets": (
        'max by (instance) (resets(node_cpu_seconds_total{{{machines},mode="idle"}}[{range}]))'
    ),
    "Link speed": (
        "max by (instance, device)"
        " (last_over_time(node_network_speed_bytes{{{machines},{interfaces}}}[{range}])) > 0"
    ),
    "Default route": (
        "max by (instance, device)"
        " (last_over_time(perf_network_default_route_info{{{machines}}}[{range}]))"
    ),
    "File systems": (
        "1 - max by (instance, mountpoint)"
        " (last_over_time(node_filesystem_avail_bytes{{{machines},{filesystems}}}[{range}]))"
        " / (max by (instance, mountpoint)"
        " (last_over_time(node_filesystem_size_bytes{{{machines},{filesystems}}}[{range}])) > 0)"
    ),
}

_BUSY = (
    "1 - sum by (instance{0})"
    ' (rate(node_cpu_seconds_total{{{{{{machines}},mode=~"idle|iowait|steal"}}}}[{{window}}]))'
    " / sum by (instance{0}) (rate(node_cpu_seconds_total{{{{{{machines}}}}}}[{{window}}]))"
)


def _parts(label: str, parts: Mapping[str, str], form: str) -> str:
    """Several metrics as one answer, told apart by a label of ours."""
    return " or ".join(
        f'label_replace({form.format(metric)}, "{label}", "{name}", "instance", ".*")'
        for name, metric in parts.items()
    )


_RATE = "sum by (instance) (rate({}{{{{{{machines}}}}}}[{{window}}]))"
_GAUGE = "max by (instance) ({}{{{{{{machines}}}}}})"

RANGE: dict[str, str] = {
    "CPU busy": _BUSY.format(""),
    "CPU by mode": (
        "sum by (instance, mode) (rate(node_cpu_seconds_total{{{machines}}}[{window}]))"
        " / on (instance) group_left"
        " sum by (instance) (rate(node_cpu_seconds_total{{{machines}}}[{window}]))"
    ),
    "CPU by core": _BUSY.format(", cpu"),
    "Load per CPU": (
        "max by (instance) (avg_over_time(node_load1{{{machines}}}[{window}]))"
        " / count by (instance)"
        ' (last_over_time(node_cpu_seconds_total{{{machines},mode="idle"}}[{window}]))'
    ),
    "Pressure": _parts(
        "resource",
        {
            "cpu": "node_pressure_cpu_waiting_seconds_total",
            "memory": "node_pressure_memory_waiting_seconds_total",
            "io": "node_pressure_io_waiting_seconds_total",
        },
        _RATE,
    ),
    "Memory used": (
        "1 - max by (instance) (node_memory_MemAvailable_bytes{{{machines}}})"
        " / max by (instance) (node_memory_MemTotal_bytes{{{machines}}})"
    ),
    "Memory by use": _parts(
        "part",
        {
            "total": "node_memory_MemTotal_bytes",
            "free": "node_memory_MemFree_bytes",
            "buffers": "node_memory_Buffers_bytes",
            "cached": "node_memory_Cached_bytes",
            "slab": "node_memory_SReclaimable_bytes",
        },
        _GAUGE,
    ),
    "Paging": _parts(
        "event",
        {
            "major faults": "node_vmstat_pgmajfault",
            "pages swapped in": "node_vmstat_pswpin",
            "pages swapped out": "node_vmstat_pswpout",
            "pages scanned by kswapd": "node_vmstat_pgscan_kswapd",
            "pages scanned directly": "node_vmstat_pgscan_direct",
        },
        _RATE,
    ),
    "Disk busy": (
        "max by (instance, device)"
        " (rate(node_disk_io_time_seconds_total{{{machines},{disks}}}[{window}]))"
    ),
    "Disk bytes": " or ".join(
        f"label_replace(sum by (instance, device) (rate(node_disk_{metric}_bytes_total"
        f'{{{{{{machines}},{{disks}}}}}}[{{window}}])), "direction", "{metric}", "instance", ".*")'
        for metric in ("read", "written")
    ),
    "Network bytes": " or ".join(
        f"label_replace(sum by (instance, device) (rate(node_network_{metric}_bytes_total"
        f'{{{{{{machines}},{{interfaces}}}}}}[{{window}}])), "direction", "{metric}",'
        ' "instance", ".*")'
        for metric in ("receive", "transmit")
    ),
    "Container CPUs": (
        "sum by (instance, id, name)"
        ' (rate(container_cpu_usage_seconds_total{{{machines},id!="/"}}[{window}]))'
    ),
    "Container memory": (
        'max by (instance, id, name) (container_memory_working_set_bytes{{{machines},id!="/"}})'
    ),
    "Container throttled": (
        "sum by (instance, id, name)"
        " (rate(container_cpu_cfs_throttled_periods_total{{{machines}}}[{window}]))"
        " / (sum by (instance, id, name)"
        " (rate(container_cpu_cfs_periods_total{{{machines}}}[{window}])) > 0)"
    ),
}


def matcher(machines: Sequence[str]) -> str:
    """What lets these machines through; all that have a name when there is none."""
    return one_of("instance", machines) if machines else 'instance!=""'


def fill(  # noqa: PLR0913 - one for each placeholder
    expression: str,
    *,
    machines: Sequence[str],
    kernel: str,
    purchase: str,
    seconds: float,
    window: float = 0.0,
    full_load_only: bool = False,
    devices: Devices = DETECTED,
) -> str:
    """Fill the placeholders of an expression.

    Args:
        expression: one of ``INSTANT`` or ``RANGE``.
        machines: the machines to ask for; all that have a name when empty.
        kernel: the load test's kernel.
        purchase: the purchase option.
        seconds: length of the report's range.
        window: length of a rate's window, in seconds.
        full_load_only: of the load test, only the level of 100 %.
        devices: disks, interfaces and file systems to ask for.
    """
    return expression.format(
        **devices.matchers,
        machines=matcher(machines),
        kernel=f"kernel={string(kernel)}",
        busy='busy="100"' if full_load_only else 'busy!=""',
        purchase=f"purchase={string(purchase)}",
        range=f"{max(1, math.ceil(seconds))}s",
        window=f"{max(1, round(window))}s",
    )
