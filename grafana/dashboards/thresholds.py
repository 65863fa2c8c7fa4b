"""Thresholds of alerts, for the lines and the words of panels; what needs are.

Made by `python -m prometheus.generator` from prometheus/alerts: change them there.
"""

from __future__ import annotations

from grafana.dashboards.words import DrawnThreshold, NeedColumn

CPU_PRESSURE_WAITING = DrawnThreshold(0.4, "40 %")
CPU_PRESSURE_TAKEN = DrawnThreshold(0.7, "70 %")
RUN_QUEUE_LONG_LOAD = DrawnThreshold(2, "2")
MEMORY_PRESSURE_WAITING = DrawnThreshold(0.1, "10 %")
MEMORY_RECLAIM_STALLS_STALLS = DrawnThreshold(10, "10")
MEMORY_RECLAIM_STALLS_EFFICIENCY = DrawnThreshold(0.5, "half")
MEMORY_THRASHING_MAJOR_FAULTS = DrawnThreshold(500, "500")
MEMORY_THRASHING_USED = DrawnThreshold(0.9, "90 %")
MEMORY_ALMOST_USED_UP_USED = DrawnThreshold(0.95, "95 %")
OUT_OF_MEMORY_KILL_USED = DrawnThreshold(0.9, "90 %")
OUT_OF_MEMORY_KILL_STALLS = DrawnThreshold(1, "1")
OUT_OF_MEMORY_KILL_AT_LIMIT_USED = DrawnThreshold(0.9, "90 %")
OUT_OF_MEMORY_KILL_AT_LIMIT_STALLS = DrawnThreshold(1, "1")
FILESYSTEM_FILLS_UP_SOON_LEFT = DrawnThreshold(0.16666666666666666, "4 hours")
FILESYSTEM_FILLS_UP_SOON_USED = DrawnThreshold(0.9, "90 %")
FILESYSTEM_FILLS_UP_LEFT = DrawnThreshold(1, "a day")
FILESYSTEM_FILLS_UP_USED = DrawnThreshold(0.86, "86 %")
FILESYSTEM_ALMOST_FULL_USED = DrawnThreshold(0.97, "97 %")
FILESYSTEM_LITTLE_SPACE_USED = DrawnThreshold(0.95, "95 %")
FILESYSTEM_OUT_OF_FILES_USED = DrawnThreshold(0.97, "97 %")
FILESYSTEM_FEW_FILES_LEFT_USED = DrawnThreshold(0.95, "95 %")
DISK_SATURATED_QUEUE = DrawnThreshold(10, "10")
DISK_SATURATED_BUSY = DrawnThreshold(0.9, "90 %")
CLOCK_NOT_SYNCHRONISED_ERROR = DrawnThreshold(16, "16 s")
CLOCK_SKEW_OFFSET = DrawnThreshold(0.05, "50 ms")
CLOCK_SKEW_SLEW = DrawnThreshold(1e-05, "10 microseconds a second")
CLOCK_AHEAD_AHEAD = DrawnThreshold(60, "60 s")
NETWORK_ERRORS_ERRORS = DrawnThreshold(0.01, "1 %")
NETWORK_ERRORS_RATE = DrawnThreshold(0.5, "0.5")
CONNTRACK_ALMOST_FULL_USED = DrawnThreshold(0.75, "75 %")
FILE_DESCRIPTORS_ALMOST_USED_UP_USED = DrawnThreshold(0.8, "80 %")
CONTAINER_THROTTLED_THROTTLED = DrawnThreshold(0.25, "25 %")
CONTAINER_NEAR_MEMORY_LIMIT_USED = DrawnThreshold(0.9, "90 %")
POD_THROTTLED_THROTTLED = DrawnThreshold(0.25, "25 %")
POD_NEAR_MEMORY_LIMIT_USED = DrawnThreshold(0.9, "90 %")
LOAD_TEST_REGRESSION_LEAST = DrawnThreshold(0.01, "1 %")
LOAD_TEST_REGRESSION_DEVIATIONS = DrawnThreshold(2.5, "2.5")
LOAD_TEST_REGRESSION_EARLIER = DrawnThreshold(7, "7")
STEAL_HIGH_STOLEN = DrawnThreshold(0.05, "5 %")
MACHINE_SCRAPES_FLAP_CHANGES = DrawnThreshold(8, "8")
SCRAPE_SLOW_DURATION = DrawnThreshold(5, "5 s")
SERIES_GROW_GROWTH = DrawnThreshold(2, "twice")
SERIES_GROW_SAMPLES = DrawnThreshold(2000, "2000")
PUSH_QUEUE_GROWS_USED = DrawnThreshold(0.5, "50 %")
SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE = DrawnThreshold(0.001, "0.1 %")
SCRAPE_BUDGET_BURNS_FAST_FAST = DrawnThreshold(14.4, "2 days")
SCRAPE_BUDGET_BURNS_FAST_SLOW = DrawnThreshold(6, "5 days")
SCRAPE_BUDGET_BURNS_FAST_MACHINES = DrawnThreshold(1, "1")
SCRAPE_BUDGET_BURNS_SLOWLY_ALLOWANCE = DrawnThreshold(0.001, "0.1 %")
NOTIFICATIONS_FAIL_FAILED = DrawnThreshold(0.01, "1 %")
ALERTMANAGER_DELIVERY_FAILS_FAILED = DrawnThreshold(0.01, "1 %")
REMOTE_WRITE_BEHIND_BEHIND = DrawnThreshold(120, "2 minutes")
REPORT_OVERDUE_DAILY = DrawnThreshold(129600, "a day and a half")
REPORT_OVERDUE_WEEKLY = DrawnThreshold(777600, "nine days")
BACKUP_NOT_VERIFIED_AGE = DrawnThreshold(777600, "nine days")
PORTAL_REQUESTS_FAIL_FAILED = DrawnThreshold(0.01, "1 %")
PORTAL_SLOW_SECONDS = DrawnThreshold(1, "1 s")
PORTAL_CONNECTIONS_USED_UP_USED = DrawnThreshold(0.9, "90 %")
PORTAL_KEYS_REFUSED_RATE = DrawnThreshold(0.5, "one in two seconds")

# From here on a need is orange, and red.
NEAR = DrawnThreshold(0.8, "80 %")
IN_NEED = DrawnThreshold(0.9, "90 %")

# Thresholds of recorded metrics, whose level (`instance:`) is left out.
OF_RECORDED: dict[str, tuple[DrawnThreshold, ...]] = {
    "node_pressure_cpu_waiting:ratio_rate5m": (CPU_PRESSURE_WAITING,),
    "node_cpu_taken:ratio_rate5m": (CPU_PRESSURE_TAKEN,),
    "node_load1_by_cpus:ratio": (RUN_QUEUE_LONG_LOAD,),
    "node_pressure_memory_waiting:ratio_rate5m": (MEMORY_PRESSURE_WAITING,),
    "node_vmstat_allocstall:rate5m": (MEMORY_RECLAIM_STALLS_STALLS,),
    "node_vmstat_reclaim_efficiency:ratio_rate5m": (MEMORY_RECLAIM_STALLS_EFFICIENCY,),
    "node_vmstat_major_faults:rate5m": (MEMORY_THRASHING_MAJOR_FAULTS,),
    "node_memory_used:ratio": (MEMORY_THRASHING_USED, MEMORY_ALMOST_USED_UP_USED),
    "node_filesystem_full_by_hour:days": (FILESYSTEM_FILLS_UP_SOON_LEFT, FILESYSTEM_FILLS_UP_LEFT),
    "node_filesystem_full_by_quarter:days": (FILESYSTEM_FILLS_UP_SOON_LEFT,),
    "node_filesystem_used:ratio": (
        FILESYSTEM_FILLS_UP_SOON_USED,
        FILESYSTEM_FILLS_UP_USED,
        FILESYSTEM_ALMOST_FULL_USED,
        FILESYSTEM_LITTLE_SPACE_USED,
    ),
    "node_filesystem_full:days": (FILESYSTEM_FILLS_UP_LEFT,),
    "node_filesystem_files_used:ratio": (
        FILESYSTEM_OUT_OF_FILES_USED,
        FILESYSTEM_FEW_FILES_LEFT_USED,
    ),
    "node_disk_queue:rate5m": (DISK_SATURATED_QUEUE,),
    "node_disk_busy:ratio_rate5m": (DISK_SATURATED_BUSY,),
    "node_network_errors:ratio_rate5m": (NETWORK_ERRORS_ERRORS,),
    "node_network_errors:rate5m": (NETWORK_ERRORS_RATE,),
    "node_nf_conntrack_used:ratio": (CONNTRACK_ALMOST_FULL_USED,),
    "container_cpu_throttled:ratio_rate5m": (
        CONTAINER_THROTTLED_THROTTLED,
        POD_THROTTLED_THROTTLED,
    ),
    "container_memory_working_set:ratio": (
        CONTAINER_NEAR_MEMORY_LIMIT_USED,
        POD_NEAR_MEMORY_LIMIT_USED,
    ),
    "perf_loadtest_newest2:drop_ratio": (LOAD_TEST_REGRESSION_LEAST,),
    "perf_loadtest_newest2:deviations": (LOAD_TEST_REGRESSION_DEVIATIONS,),
    "perf_loadtest_earlier_runs:count30d": (LOAD_TEST_REGRESSION_EARLIER,),
    "node_cpu_steal:ratio_rate5m": (STEAL_HIGH_STOLEN,),
    "scrape_errors:machines_avg5m": (SCRAPE_BUDGET_BURNS_FAST_MACHINES,),
    "scrape_errors:machines_avg30m": (SCRAPE_BUDGET_BURNS_FAST_MACHINES,),
    "scrape_errors:ratio_avg3d": (SCRAPE_BUDGET_BURNS_SLOWLY_ALLOWANCE,),
    "scrape_errors_but_worst:ratio_avg6h": (SCRAPE_BUDGET_BURNS_SLOWLY_ALLOWANCE,),
}

# The columns of the fleet's table of needs.
NEED_COLUMNS: tuple[NeedColumn, ...] = (
    NeedColumn("CPU busy", "instance:node_cpu_busy:ratio_rate5m"),
    NeedColumn("CPU pressure", "instance:node_pressure_cpu_waiting:ratio_rate5m"),
    NeedColumn("Memory used", "instance:node_memory_used:ratio"),
    NeedColumn("Memory pressure", "instance:node_pressure_memory_waiting:ratio_rate5m"),
    NeedColumn("Busiest disk", "instance:node_disk_busiest:ratio_rate5m"),
    NeedColumn("Fullest file system", "instance:node_filesystem_used:ratio"),
    NeedColumn("Stolen", "instance:node_cpu_steal:ratio_rate5m"),
)
