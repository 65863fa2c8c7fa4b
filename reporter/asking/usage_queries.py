"""What machines were doing, as far as several parts of the report use it; and what was wrong."""

from __future__ import annotations

from reporter.asking.query import InstantQuery, RangeQuery, told_apart


def busy(by: str) -> str:
    """All CPU time but idle, iowait and steal, as a share of all CPU time.

    Args:
        by: labels that tell the answer's series apart.
    """
    idle = 'rate(node_cpu_seconds_total{$machines,mode=~"idle|iowait|steal"}[$window])'
    every = "rate(node_cpu_seconds_total{$machines}[$window])"
    return f"1 - sum by ({by}) ({idle}) / sum by ({by}) ({every})"


CPU_BUSY = RangeQuery("CPU busy", busy("instance"), "ratio", order=10)
MEMORY_USED = RangeQuery(
    "Memory used",
    "1 - max by (instance) (node_memory_MemAvailable_bytes{$machines})"
    " / max by (instance) (node_memory_MemTotal_bytes{$machines})",
    "ratio",
    order=20,
)
DISK_BUSY = RangeQuery(
    "Disk busy",
    "max by (instance, device) (rate(node_disk_io_time_seconds_total{$machines,$disks}[$window]))",
    "ratio",
    order=30,
)
_RECEIVED = (
    "sum by (instance, device)"
    " (rate(node_network_receive_bytes_total{$machines,$interfaces}[$window]))"
)
_SENT = _RECEIVED.replace("receive", "transmit")
NETWORK_BYTES = RangeQuery(
    "Network bytes",
    told_apart({"receive": _RECEIVED, "transmit": _SENT}, "direction"),
    "bytes/s",
    order=40,
)
CONTAINER_CPUS = RangeQuery(
    "Container CPUs",
    "sum by (instance, id, name)"
    ' (rate(container_cpu_usage_seconds_total{$machines,id!="/"}[$window]))',
    "CPUs",
    optional=True,
    order=50,
)
CONTAINER_MEMORY = RangeQuery(
    "Container memory",
    'max by (instance, id, name) (container_memory_working_set_bytes{$machines,id!="/"})',
    "bytes",
    optional=True,
    order=51,
)
CONTAINER_THROTTLED = RangeQuery(
    "Container throttled",
    "sum by (instance, id, name)"
    " (rate(container_cpu_cfs_throttled_periods_total{$machines}[$window]))"
    " / (sum by (instance, id, name)"
    " (rate(container_cpu_cfs_periods_total{$machines}[$window])) > 0)",
    "ratio",
    optional=True,
    order=52,
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
RESTARTS = InstantQuery(
    "Restarts",
    "clamp_min(max by (instance)"
    ' (resets(node_cpu_seconds_total{$machines,mode="idle"}[$range])), 1)'
    f" and on (instance) {_BOOT_MOVED} > 30 or on (instance) {_BOOT_MOVED} > bool 30",
    "restarts",
    optional=True,
)
RESETS = InstantQuery(
    "Resets",
    'max by (instance) (resets(node_cpu_seconds_total{$machines,mode="idle"}[$range]))',
    "resets",
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
