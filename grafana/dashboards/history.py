"""The dashboard of all load tests over time."""

from __future__ import annotations

from grafana.dashboards import marks
from grafana.dashboards.panels import loadtest_history as history
from grafana.dashboards.variables import JOB, KERNELS, PROVIDER, TESTED
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Counts, the course of each machine's result, and every run."""
    return Dashboard(
        uid="perfanalysis-history",
        title="PerfAnalysis: load-test history",
        description="What was measured when, and whether machines still do what they did.",
        tags=["perfanalysis", "load-test", "history"],
        variables=[JOB, PROVIDER, TESTED, KERNELS],
        rows=[
            Row(
                "Load tests over time",
                [
                    history.count(),
                    history.machines_tested(),
                    history.providers(),
                    history.invalid(),
                    history.course(),
                ],
            ),
            Row("Compared", [history.against_usual(), history.by_provider()]),
            Row("Runs", [history.table()]),
        ],
        annotations=[marks.LOAD_TESTS, marks.REGRESSIONS],
        refresh="5m",
        span="7d",
    )
