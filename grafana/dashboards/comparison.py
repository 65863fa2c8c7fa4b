"""The dashboard that puts up to eight machines' load tests side by side."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards.panels import kinds
from grafana.dashboards.panels import loadtest_comparison as comparison
from grafana.dashboards.variables import BASELINE, JOB, KERNEL, KIND, MEASURE, PURCHASE, TESTED
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Line, bars, difference, profile and table, by work or by work for the money."""
    return Dashboard(
        uid="perfanalysis-comparison",
        title="PerfAnalysis: load-test comparison",
        description="Which machine does more, and which does more for the money.",
        tags=["perfanalysis", "load-test", "price"],
        variables=[JOB, TESTED, BASELINE, KIND, KERNEL, MEASURE, PURCHASE],
        rows=[
            Row("By kind of work", [kinds.bars(), kinds.every_kind()]),
            Row("Work of one kernel", [comparison.lines(), comparison.bars()]),
            Row(
                "Differences",
                [replace(comparison.difference(), height=10), comparison.kernels()],
            ),
            Row("Table", [comparison.table()]),
        ],
        refresh="5m",
        span="24h",
    )
