"""What machines were doing, as far as several parts of the report use it; and what was wrong."""

from __future__ import annotations

from reporter.asking.adding_up import of_adding_up
from reporter.asking.container_ids import OF_CONTAINERS
from reporter.asking.query import InstantQuery, told_apart
from reporter.asking.sampled_query import (
    CounterRate,
    CounterRatio,
    CounterShare,
    Gauge,
    GaugeShare,
    one_part,
)


def busy(by: str) -> str:
    """All CPU time but idle, iowait and steal, as a share of all CPU time.

    Args:
        by: labels that tell the answer's series apart.
    """
    idle = 'rate(node_cpu_seconds_total{$machines,mode=~"idle|iowait|steal"}[$window])'
    every = "rate(node_cpu_seconds_total{$machines}[$window])"
    return f"1 - sum by ({by}) ({idle}) / sum by ({by}) ({every})"


_CPU_TIME = 'sum by (instance) (node_cpu_seconds_total{$machines,mode%s"idle|iowait|steal"})'
_OF_ALL_CPUS = 'sum by (instance) (perf_cpu_seconds_total{$machines,state%s"busy"})'
CPU_BUSY = CounterRatio(
    "CPU busy",
    told_apart({"busy": _CPU_TIME % "!~", "not busy": _CPU_TIME % "=~"}, "time"),
    "ratio",
    order=10,
    parts=(_CPU_TIME % "!~", _CPU_TIME % "=~"),
    summed=(_OF_ALL_CPUS % "=", _OF_ALL_CPUS % "!="),
    summed_expression=told_apart(
        {"busy": _OF_ALL_CPUS % "=", "not busy": _OF_ALL_CPUS % "!="}, "time"
    ),
)
_MEMORY = "max by (instance) (avg_over_time(node_memory_Mem%s_bytes{$machines}[$window]))"
MEMORY_USED = GaugeShare(
    "Memory used",
    f"1 - {_MEMORY % 'Available'} / {_MEMORY % 'Total'}",
    "ratio",
    order=20,
    parts=(_MEMORY % "Available", _MEMORY % "Total"),
)
# The greatest of copies under old and new labels: their sum would be a leap that never was.
_DISK_TIME = "node_disk_io_time_seconds_total{$machines,$disks}"
DISK_BUSY = one_part(
    CounterRate,
    "Disk busy",
    f"max by (instance, device) ({_DISK_TIME})",
    "ratio",
    order=30,
)
_RECEIVED = "node_network_receive_bytes_total{$machines,$interfaces}"
NETWORK_BYTES = one_part(
    CounterRate,
    "Network bytes",
    told_apart(
        {
            "receive": f"max by (instance, device) ({_RECEIVED})",
            "transmit": f"max by (instance, device) ({_RECEIVED.replace('receive', 'transmit')})",
        },
        "direction",
    ),
    "bytes/s",
    order=40,
)
# Containers may be of another scrape; of the machine's root there is one series.
_CONTAINERS = 'container_cpu_usage_seconds_total{$machines,id="/"}'
_CONTAINER = "by (instance, id, name)"
_CONTAINER_TIME = f"container_cpu_usage_seconds_total{{$machines,{OF_CONTAINERS}}}"
CONTAINER_CPUS = one_part(
    CounterRate,
    "Container CPUs",
    f"sum {_CONTAINER} (max by (instance, id, name, cpu) ({_CONTAINER_TIME}))",
    "CPUs",
    optional=True,
    order=50,
    clock=_CONTAINERS,
)
CONTAINER_MEMORY = one_part(
    Gauge,
    "Container memory",
    f"max {_CONTAINER}"
    f" (avg_over_time(container_memory_working_set_bytes{{$machines,{OF_CONTAINERS}}}[$window]))",
    "bytes",
    optional=True,
    order=51,
)
_PERIODS = f"max {_CONTAINER} (container_cpu_cfs_%speriods_total{{$machines,{OF_CONTAINERS}}})"
CONTAINER_THROTTLED = CounterShare(
    "Container throttled",
    told_apart({"throttled": _PERIODS % "throttled_", "all": _PERIODS % ""}, "periods"),
    "ratio",
    optional=True,
    order=52,
    parts=(_PERIODS % "throttled_", _PERIODS % ""),
    clock=_CONTAINERS,
)

VIOLATIONS = InstantQuery(
    "Violations",
    "sum by (instance, collector, rule)"
    " (increase(perf_validation_violations_total{$machines}[$range])) > 0",
    "violations",
    optional=True,
)
# Not by changes(): VictoriaMetrics counts a series' first sample as one, and the kernel's boot time
# moves by a second or so whenever the clock is set. A restart of which no counter tells, since it
# is past where it was before, is one at least.
_BOOT_MOVED = (
    "max by (instance) (max_over_time(node_boot_time_seconds{$machines}[$range])"
    " - min_over_time(node_boot_time_seconds{$machines}[$range]))"
)
# Most machines of most reports stayed up, and of these no counters are read.
_STAYED_UP = f"({_BOOT_MOVED} > bool 30) == 0"
RESTARTS = InstantQuery(
    "Restarts",
    f"{_STAYED_UP} or on (instance) clamp_min(max by (instance)"
    ' (resets(node_cpu_seconds_total{$machines,mode="idle"}[$range])), 1)'
    f" and on (instance) {_BOOT_MOVED} > 30 or on (instance) {_BOOT_MOVED} > bool 30",
    "restarts",
    optional=True,
    at_the_end=_STAYED_UP,
)
_RESETS_OF_ALL_CPUS = of_adding_up(
    'max by (instance) (resets(perf_cpu_seconds_total{$machines,state="idle"}[$range]))'
)
RESETS = InstantQuery(
    "Resets",
    f"{_RESETS_OF_ALL_CPUS} or max by (instance)"
    ' (resets(node_cpu_seconds_total{$machines,mode="idle"}[$range]))',
    "resets",
    optional=True,
    at_the_end=_RESETS_OF_ALL_CPUS,
)
# Shares of the looks are the same by rate() and by increase(), and the former never takes what a
# series began with for an increase.
LOOKS = InstantQuery(
    "Looks between scrapes",
    "sum by (instance, le) (rate(perf_sampler_busy_ratio_bucket{$machines}[$range]))",
    "looks/s",
    optional=True,
)
LINK_SPEED = InstantQuery(
    "Link speed",
    "max by (instance, device)"
    " (last_over_time(node_network_speed_bytes{$machines,$interfaces}[$range])) > 0",
    "bytes/s",
    optional=True,
)
DEFAULT_ROUTE = InstantQuery(
    "Default route",
    "max by (instance, device)"
    " (last_over_time(perf_network_default_route_info{$machines}[$range]))",
    "1",
    optional=True,
)
FILE_SYSTEMS = InstantQuery(
    "File systems",
    "1 - max by (instance, mountpoint)"
    " (last_over_time(node_filesystem_avail_bytes{$machines,$filesystems}[$range]))"
    " / (max by (instance, mountpoint)"
    " (last_over_time(node_filesystem_size_bytes{$machines,$filesystems}[$range])) > 0)",
    "ratio",
)

QUERIES = (
    VIOLATIONS,
    RESTARTS,
    RESETS,
    LOOKS,
    LINK_SPEED,
    DEFAULT_ROUTE,
    FILE_SYSTEMS,
    CPU_BUSY,
    MEMORY_USED,
    DISK_BUSY,
    NETWORK_BYTES,
    CONTAINER_CPUS,
    CONTAINER_MEMORY,
    CONTAINER_THROTTLED,
)
