"""Every PromQL expression of the report, by the name of the figure that it feeds.

``{machines}`` stands for a matcher of the reported machines, ``{kernel}`` and ``{purchase}`` for
matchers of those labels, ``{range}`` for the report's whole range, ``{window}`` for the window of a
rate. They are filled by ``fill``, with values bound by ``reporter.promql``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from reporter.promql import one_of, string

INSTANT: dict[str, str] = {
    "Machines": "last_over_time(perf_machine_info{{{machines}}}[{range}])",
    "Price": (
        "last_over_time(perf_machine_price_dollars_per_hour{{{machines},{purchase}}}[{range}])"
    ),
    "CPUs": (
        "count by (instance)"
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
        "last_over_time(perf_loadtest_units_per_second{{{machines},{kernel}}}[{range}])"
    ),
    "Units per second, lower bound": (
        "last_over_time(perf_loadtest_units_per_second_lower{{{machines},{kernel}}}[{range}])"
    ),
    "Units per second, upper bound": (
        "last_over_time(perf_loadtest_units_per_second_upper{{{machines},{kernel}}}[{range}])"
    ),
    "Busy ratio reached": (
        "last_over_time(perf_loadtest_busy_ratio{{{machines},{kernel}}}[{range}])"
    ),
    "Steal ratio": "last_over_time(perf_loadtest_steal_ratio{{{machines},{kernel}}}[{range}])",
    "Run valid": "last_over_time(perf_loadtest_valid{{{machines},{kernel}}}[{range}])",
    "Run": "last_over_time(perf_loadtest_info{{{machines},{kernel}}}[{range}])",
    "End of the run": (
        "last_over_time(perf_loadtest_timestamp_seconds{{{machines},{kernel}}}[{range}])"
    ),
    "Units per dollar": (
        "last_over_time(perf:units_per_dollar:max{{{machines},{kernel},{purchase}}}[{range}])"
    ),
    "Scrapes": "count_over_time(perf_machine_info{{{machines}}}[{range}])",
}

RANGE: dict[str, str] = {
    "CPU busy": (
        "1 - sum by (instance)"
        ' (rate(node_cpu_seconds_total{{{machines},mode=~"idle|iowait|steal"}}[{window}]))'
        " / sum by (instance) (rate(node_cpu_seconds_total{{{machines}}}[{window}]))"
    ),
    "CPU by mode": (
        "sum by (instance, mode) (rate(node_cpu_seconds_total{{{machines}}}[{window}]))"
        " / on (instance) group_left"
        " sum by (instance) (rate(node_cpu_seconds_total{{{machines}}}[{window}]))"
    ),
}


def fill(  # noqa: PLR0913 - one for each placeholder
    expression: str,
    *,
    machines: Sequence[str],
    kernel: str,
    purchase: str,
    seconds: float,
    window: float = 0.0,
) -> str:
    """Fill the placeholders of an expression.

    Args:
        expression: one of ``INSTANT`` or ``RANGE``.
        machines: the machines to ask for; all that have a name when empty.
        kernel: the load test's kernel.
        purchase: the purchase option.
        seconds: length of the report's range.
        window: length of a rate's window, in seconds.
    """
    return expression.format(
        machines=one_of("instance", machines) if machines else 'instance!=""',
        kernel=f"kernel={string(kernel)}",
        purchase=f"purchase={string(purchase)}",
        range=f"{max(1, math.ceil(seconds))}s",
        window=f"{max(1, round(window))}s",
    )
