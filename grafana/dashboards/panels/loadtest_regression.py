"""Whether the newest load tests did less than the earlier ones, by recorded figures."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import of_machines
from grafana.dashboards.thresholds import (
    LOAD_TEST_REGRESSION_DEVIATIONS,
    LOAD_TEST_REGRESSION_LEAST,
)
from grafana.dashboards.variables import of_kernel
from grafana.dashboards.words import DrawnThreshold, Panel, Query, Step


def _against_earlier(title: str, description: str, unit: str, name: str) -> Panel:
    limit = _LIMITS[name]
    figure = of_kernel(f"conditions:perf_loadtest_newest2:{name}")
    return of_machines(
        title,
        f"{description} Bad: above {limit} in both of these charts, for which there is an alert "
        "where seven runs or more came before.",
        unit,
        [Query(f"max by (instance) ({figure})", "{{instance}}")],
        width=12,
        minimum=None,
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


_LIMITS: dict[str, DrawnThreshold] = {
    "drop_ratio": LOAD_TEST_REGRESSION_LEAST,
    "deviations": LOAD_TEST_REGRESSION_DEVIATIONS,
}


def drop() -> Panel:
    """By how much the newest two runs are below the earlier ones."""
    return _against_earlier(
        "Below earlier runs",
        "By how much the better of the newest two runs is below the earlier ones' usual. Good: 0 "
        "or below.",
        "percentunit",
        "drop_ratio",
    )


def deviations() -> Panel:
    """The same in the earlier runs' own spread."""
    return _against_earlier(
        "Below earlier runs, in their spread",
        "The same, in multiples of what such runs differ by anyway. Good: below 1.",
        "short",
        "deviations",
    )
