"""What a machine is, costs and can do: the instant queries that its record is made from."""

from __future__ import annotations

from reporter.asking.price_queries import (
    HIGHEST_PRICE,
    LOWEST_PRICE,
    PRICE,
    PRICE_AT_TEST,
    PRICE_KNOWN,
    STARTED_AS,
    UNITS_PER_DOLLAR,
)
from reporter.asking.query import InstantQuery

_RATE = "units/s"

MACHINES = InstantQuery("Machines", "last_over_time(perf_machine_info{$machines}[$range])", "1")
_CPUS = 'count by (instance) (node_cpu_seconds_total{$machines,mode="idle"})'
# Those of the range's end; of a machine that has gone before it, all that it had.
CPUS = InstantQuery(
    "CPUs",
    f"{_CPUS} or count by (instance)"
    + ' (last_over_time(node_cpu_seconds_total{$machines,mode="idle"}[$range]))',
    "CPUs",
    at_the_end=_CPUS,
)
MEMORY = InstantQuery(
    "Memory", "last_over_time(node_memory_MemTotal_bytes{$machines}[$range])", "bytes", newest=True
)
MAX_UNITS = InstantQuery(
    "Max units per second",
    "last_over_time(perf_loadtest_max_units_per_second{$machines,$kernel}[$range])",
    _RATE,
    newest=True,
)
SINGLE_UNITS = InstantQuery(
    "Units per second of one worker",
    "last_over_time(perf_loadtest_single_units_per_second{$machines,$kernel}[$range])",
    _RATE,
    newest=True,
)
LEVEL_UNITS = InstantQuery(
    "Units per second by busy level",
    "last_over_time(perf_loadtest_units_per_second{$machines,$kernel,$busy}[$range])",
    _RATE,
    newest=True,
)
LEVEL_LOWER = InstantQuery(
    "Units per second, lower bound",
    "last_over_time(perf_loadtest_units_per_second_lower{$machines,$kernel,$busy}[$range])",
    _RATE,
    newest=True,
)
LEVEL_UPPER = InstantQuery(
    "Units per second, upper bound",
    "last_over_time(perf_loadtest_units_per_second_upper{$machines,$kernel,$busy}[$range])",
    _RATE,
    newest=True,
)
# The work that was done, which is what money buys; the ones above compare speeds.
MEAN_UNITS = InstantQuery(
    "Mean units per second by busy level",
    "last_over_time(perf_loadtest_mean_units_per_second{$machines,$kernel,$busy}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
MEAN_LOWER = InstantQuery(
    "Mean units per second, lower bound",
    "last_over_time(perf_loadtest_mean_units_per_second_lower{$machines,$kernel,$busy}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
MEAN_UPPER = InstantQuery(
    "Mean units per second, upper bound",
    "last_over_time(perf_loadtest_mean_units_per_second_upper{$machines,$kernel,$busy}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
SLOW_SPEED = InstantQuery(
    "Slow speed of two",
    "last_over_time(perf_loadtest_slow_speed_ratio{$machines,$kernel}[$range])",
    "ratio to the quick one",
    optional=True,
)
SLOW_TIME = InstantQuery(
    "Time at the slow speed",
    "last_over_time(perf_loadtest_slow_time_ratio{$machines,$kernel}[$range])",
    "ratio",
    optional=True,
)
LEVEL_REACHED = InstantQuery(
    "Busy ratio reached",
    "last_over_time(perf_loadtest_busy_ratio{$machines,$kernel,$busy}[$range])",
    "ratio",
)
LEVEL_STEAL = InstantQuery(
    "Steal ratio",
    "last_over_time(perf_loadtest_steal_ratio{$machines,$kernel,$busy}[$range])",
    "ratio",
)
RUN_VALID = InstantQuery(
    "Run valid",
    "last_over_time(perf_loadtest_valid{$machines,$kernel}[$range])",
    "1 for valid",
    newest=True,
)
RUN_FULL = InstantQuery(
    "Run of the whole machine",
    "last_over_time(perf_loadtest_full_conditions{$machines,$kernel}[$range])",
    "1 for the whole machine",
    newest=True,
    optional=True,
)
RUN = InstantQuery(
    "Run", "last_over_time(perf_loadtest_info{$machines,$kernel}[$range])", "1", newest=True
)
# Each run has a series of its own, also one on a part of the machine, whose labels say under which
# conditions it was.
RUN_CONDITIONS = InstantQuery(
    "Conditions of the runs",
    "last_over_time(perf_loadtest_run_max_units_per_second{$machines,$kernel}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
# Each run has a series of its own. What runs vary by is known of a month sooner than of a day.
RUNS = InstantQuery(
    "Runs of 30 days",
    "last_over_time(perf_loadtest_run_max_units_per_second"
    '{$machines,$kernel,full="true",valid="true"}[30d])',
    _RATE,
    optional=True,
)
RUN_END = InstantQuery(
    "End of the run",
    "last_over_time(perf_loadtest_timestamp_seconds{$machines,$kernel}[$range])",
    "Unix seconds",
    newest=True,
)
# What a burstable machine does for good; its price buys no more.
BASELINE = InstantQuery(
    "Baseline units per second",
    "last_over_time(perf_loadtest_baseline_units_per_second{$machines,$kernel}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
BASELINE_LOWER = InstantQuery(
    "Baseline units per second, lower bound",
    "last_over_time(perf_loadtest_baseline_units_per_second_lower{$machines,$kernel}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
BASELINE_UPPER = InstantQuery(
    "Baseline units per second, upper bound",
    "last_over_time(perf_loadtest_baseline_units_per_second_upper{$machines,$kernel}[$range])",
    _RATE,
    optional=True,
    newest=True,
)
# Some architectures tell no core of a CPU.
_CORES = (
    "count by (instance) (count by (instance, package, core)"
    ' (node_cpu_info{$machines,core!=""}))'
    " or count by (instance) (count by (instance, package, core)"
    " (node_cpu_core_throttles_total{$machines}))"
)
CORES = InstantQuery(
    "Cores",
    f"{_CORES} or count by (instance) (count by (instance, package, core)"
    + ' (last_over_time(node_cpu_info{$machines,core!=""}[$range])))'
    " or count by (instance) (count by (instance, package, core)"
    " (last_over_time(node_cpu_core_throttles_total{$machines}[$range])))",
    "cores",
    optional=True,
    at_the_end=_CORES,
)
KERNEL_UNITS = InstantQuery(
    "Work of every kernel",
    "max by (instance, kernel)"
    " (last_over_time(perf_loadtest_max_units_per_second{$machines}[$range]))",
    _RATE,
)
# Rates of one kernel compare where these say the same of them.
KERNEL_RUNS = InstantQuery(
    "Run of every kernel",
    "last_over_time(perf_loadtest_info{$machines}[$range])",
    "1",
    optional=True,
)

QUERIES = (
    MACHINES,
    PRICE,
    LOWEST_PRICE,
    HIGHEST_PRICE,
    PRICE_AT_TEST,
    PRICE_KNOWN,
    STARTED_AS,
    CPUS,
    MEMORY,
    MAX_UNITS,
    SINGLE_UNITS,
    LEVEL_UNITS,
    LEVEL_LOWER,
    LEVEL_UPPER,
    MEAN_UNITS,
    MEAN_LOWER,
    MEAN_UPPER,
    SLOW_SPEED,
    SLOW_TIME,
    LEVEL_REACHED,
    LEVEL_STEAL,
    RUN_VALID,
    RUN_FULL,
    RUN,
    RUN_CONDITIONS,
    RUNS,
    RUN_END,
    BASELINE,
    BASELINE_LOWER,
    BASELINE_UPPER,
    UNITS_PER_DOLLAR,
    CORES,
    KERNEL_UNITS,
    KERNEL_RUNS,
)
