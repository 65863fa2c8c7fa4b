"""Over the whole range: CPU time stolen, time that tasks waited, throttling.

``rate`` over a range that a machine was there for only a part of is of the whole range with
Prometheus, and of that part with VictoriaMetrics. So each is divided by the rate of the clock over
the same range, which is the part that was covered: what is left is the same of both.
"""

from __future__ import annotations

from reporter.asking.adding_up import of_adding_up
from reporter.asking.container_ids import OF_CONTAINERS
from reporter.asking.query import InstantQuery, told_apart

WHAT = "lost"
CPU, MEMORY, IO = "cpu", "memory", "io"
CORES, PERIODS = "cores", "periods"
RESOURCES = (CPU, MEMORY, IO)

_CLOCK = "clamp_max(max by (instance) (rate(node_time_seconds{$machines}[$range])), 1)"
COVERED = InstantQuery(
    "Time covered",
    f"{_CLOCK} or clamp_max(sum by (instance)"
    ' (rate(node_cpu_seconds_total{$machines,cpu="0"}[$range])), 1)',
    "ratio",
    optional=True,
    at_the_end=_CLOCK,
)
_CONTAINERS = f"{{$machines,{OF_CONTAINERS}}}"
_WAITING = (
    "max by (instance) (rate(node_pressure_RESOURCE_waiting_seconds_total{$machines}[$range]))"
)
# Times what was covered, as the other way of asking has it.
_STOLEN_OF_ALL_CPUS = of_adding_up(
    'sum by (instance) (rate(perf_cpu_seconds_total{$machines,state="steal"}[$range]))'
    " / on (instance) sum by (instance) (rate(perf_cpu_seconds_total{$machines}[$range]))"
    f" * on (instance) {_CLOCK}"
)
STOLEN_TIME = InstantQuery(
    "Time stolen",
    f"{_STOLEN_OF_ALL_CPUS} or avg by (instance)"
    ' (rate(node_cpu_seconds_total{$machines,mode="steal"}[$range]))',
    "ratio",
    optional=True,
    at_the_end=_STOLEN_OF_ALL_CPUS,
)
WAITED_TIME = InstantQuery(
    "Time waited",
    told_apart({one: _WAITING.replace("RESOURCE", one) for one in RESOURCES}, WHAT),
    "ratio",
    optional=True,
)
THROTTLING = InstantQuery(
    "Throttling",
    told_apart(
        {
            CORES: "sum by (instance) (rate(node_cpu_core_throttles_total{$machines}[$range]))",
            PERIODS: "sum by (instance)"
            f" (rate(container_cpu_cfs_throttled_periods_total{_CONTAINERS}[$range]))"
            " / (sum by (instance)"
            f" (rate(container_cpu_cfs_periods_total{_CONTAINERS}[$range])) > 0)",
        },
        WHAT,
    ),
    "events/s of cores, ratio of periods",
    optional=True,
)

QUERIES = (COVERED, STOLEN_TIME, WAITED_TIME, THROTTLING)
