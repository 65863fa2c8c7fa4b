"""The families of containers: cAdvisor's names, labels and types (its metrics/prometheus.go)."""

from __future__ import annotations

from perfanalysis.exposition.families import Family, FamilyType

BASE = ("id", "name")


def _family(name: str, type_: FamilyType, text: str, source: str, *labels: str) -> Family:
    bare = name.removesuffix("_total")
    unit = next((unit for unit in ("seconds", "bytes") if bare.endswith(f"_{unit}")), "")
    return Family(f"container_{name}", type_, text, (*BASE, *labels), unit, source)


def _counter(name: str, text: str, source: str, *labels: str) -> Family:
    return _family(name, "counter", text, source, *labels)


def _gauge(name: str, text: str, source: str, *labels: str) -> Family:
    return _family(name, "gauge", text, source, *labels)


_CPU = "cpu.stat, cpuacct.usage, cpuacct.stat"
CPU_USAGE = _counter("cpu_usage_seconds_total", "Cumulative cpu time consumed.", _CPU, "cpu")
CPU_USER = _counter("cpu_user_seconds_total", "Cumulative user cpu time consumed.", _CPU)
CPU_SYSTEM = _counter("cpu_system_seconds_total", "Cumulative system cpu time consumed.", _CPU)
CFS_PERIODS = _counter(
    "cpu_cfs_periods_total", "Number of elapsed enforcement period intervals.", "cpu.stat"
)
CFS_THROTTLED = _counter(
    "cpu_cfs_throttled_periods_total", "Number of throttled period intervals.", "cpu.stat"
)
CFS_SECONDS = _counter(
    "cpu_cfs_throttled_seconds_total",
    "Total time duration the container was throttled.",
    "cpu.stat",
)

MEMORY_USAGE = _gauge(
    "memory_usage_bytes",
    "Current memory usage, including all memory regardless of when it was accessed.",
    "memory.current, memory.usage_in_bytes",
)
MEMORY_WORKING_SET = _gauge(
    "memory_working_set_bytes",
    "Current working set: usage without inactive file pages.",
    "memory.current and memory.stat",
)
MEMORY_MAXIMUM = _gauge(
    "memory_max_usage_bytes",
    "Maximum memory usage recorded.",
    "memory.peak, memory.max_usage_in_bytes",
)
MEMORY_RSS = _gauge("memory_rss", "Size of RSS in bytes.", "memory.stat")
MEMORY_CACHE = _gauge("memory_cache", "Size of page cache in bytes.", "memory.stat")
MEMORY_MAPPED = _gauge("memory_mapped_file", "Size of memory mapped files in bytes.", "memory.stat")
MEMORY_SWAP = _gauge("memory_swap", "Container swap usage in bytes.", "memory.swap.current")
MEMORY_KERNEL = _gauge(
    "memory_kernel_usage",
    "Size of kernel memory allocated in bytes.",
    "memory.stat, memory.kmem.usage_in_bytes",
)
MEMORY_FAILURES = _counter(
    "memory_failures_total",
    "Cumulative count of memory allocation failures.",
    "memory.stat",
    "failure_type",
    "scope",
)
MEMORY_FAILCNT = _counter(
    "memory_failcnt", "Number of memory usage hits limits.", "memory.events, memory.failcnt"
)
OOM_EVENTS = _counter(
    "oom_events_total",
    "Count of out of memory events observed for the container.",
    "memory.events, memory.oom_control",
)

_IO = "io.stat, blkio.throttle.io_service_bytes_recursive, blkio.throttle.io_serviced_recursive"
FS_READ_BYTES = _counter("fs_reads_bytes_total", "Cumulative count of bytes read.", _IO, "device")
FS_WRITTEN_BYTES = _counter(
    "fs_writes_bytes_total", "Cumulative count of bytes written.", _IO, "device"
)
FS_READS = _counter("fs_reads_total", "Cumulative count of reads completed.", _IO, "device")
FS_WRITES = _counter("fs_writes_total", "Cumulative count of writes completed.", _IO, "device")

PROCESSES = _gauge("processes", "Number of processes running inside the container.", "cgroup.procs")
THREADS = _gauge("threads", "Number of threads running inside the container.", "pids.current")
THREADS_MAX = _gauge(
    "threads_max",
    "Maximum number of threads allowed inside the container, infinity if value is zero.",
    "pids.max",
)

_PRESSURE = {
    ("cpu", b"some"): ("cpu_waiting", "tasks in the container have waited due to CPU congestion."),
    ("cpu", b"full"): ("cpu_stalled", "no tasks could make progress due to CPU congestion."),
    ("memory", b"some"): ("memory_waiting", "tasks have waited due to memory congestion."),
    ("memory", b"full"): ("memory_stalled", "no tasks could make progress for lack of memory."),
    ("io", b"some"): ("io_waiting", "tasks have waited due to IO congestion."),
    ("io", b"full"): ("io_stalled", "no tasks could make progress due to IO congestion."),
}
# By resource and kind of line.
PRESSURE = {
    key: _counter(
        f"pressure_{name}_seconds_total", f"Total time duration {text}", f"{key[0]}.pressure"
    )
    for key, (name, text) in _PRESSURE.items()
}

SPEC_PERIOD = _gauge("spec_cpu_period", "CPU period of the container.", "cpu.max")
SPEC_QUOTA = _gauge("spec_cpu_quota", "CPU quota of the container; absent without one.", "cpu.max")
SPEC_SHARES = _gauge("spec_cpu_shares", "CPU share of the container.", "cpu.weight, cpu.shares")
SPEC_MEMORY = _gauge(
    "spec_memory_limit_bytes",
    "Memory limit for the container, 0 without one.",
    "memory.max, memory.limit_in_bytes",
)
SPEC_SWAP = _gauge(
    "spec_memory_swap_limit_bytes",
    "Memory swap limit for the container, 0 without one.",
    "memory.swap.max, memory.memsw.limit_in_bytes",
)
SPEC_RESERVATION = _gauge(
    "spec_memory_reservation_limit_bytes",
    "Memory reservation limit for the container, 0 without one.",
    "memory.low, memory.soft_limit_in_bytes",
)

INFO = Family(
    "perf_container_info",
    "gauge",
    "Whose control group it is; a label is empty when it is unknown.",
    (*BASE, "container_id", "runtime", "pod_uid", "container", "pod", "namespace", "image"),
    source="the group's path, the runtime's files, and who is asked by --collector.cgroup.names",
)
POD_INFO = Family(
    "perf_pod_info",
    "gauge",
    "Whose control group it is, of a pod; a label is empty when it is unknown.",
    (*BASE, "pod_uid", "pod", "namespace"),
    source="the group's path and the runtime's files",
)
FOUND = Family("perf_containers", "gauge", "Containers found.", source="/sys/fs/cgroup")
HIDDEN = Family(
    "perf_containers_hidden",
    "gauge",
    "Containers found but not shown, because there are more than --collector.cgroup.limit.",
    source="/sys/fs/cgroup",
)
UNNAMED = Family(
    "perf_containers_unnamed",
    "gauge",
    "Containers shown by their id because nothing told a name: access denied to whom "
    "--collector.cgroup.names asks, no answer, the runtime's files unreadable, or not listed.",
    ("reason",),
    source="the runtime's files, and who is asked by --collector.cgroup.names",
)

# In the order of the page.
FAMILIES = (
    CPU_USAGE,
    CPU_USER,
    CPU_SYSTEM,
    CFS_PERIODS,
    CFS_THROTTLED,
    CFS_SECONDS,
    MEMORY_USAGE,
    MEMORY_WORKING_SET,
    MEMORY_MAXIMUM,
    MEMORY_RSS,
    MEMORY_CACHE,
    MEMORY_MAPPED,
    MEMORY_SWAP,
    MEMORY_KERNEL,
    MEMORY_FAILURES,
    MEMORY_FAILCNT,
    OOM_EVENTS,
    FS_READ_BYTES,
    FS_WRITTEN_BYTES,
    FS_READS,
    FS_WRITES,
    PROCESSES,
    THREADS,
    THREADS_MAX,
    *PRESSURE.values(),
    SPEC_PERIOD,
    SPEC_QUOTA,
    SPEC_SHARES,
    SPEC_MEMORY,
    SPEC_SWAP,
    SPEC_RESERVATION,
    INFO,
    POD_INFO,
)
# The names are cAdvisor's, also where they do not follow Prometheus' rules.
NOT_ENDING_IN_TOTAL = (MEMORY_FAILCNT,)
