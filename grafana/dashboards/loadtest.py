"""The dashboard of load tests: the curve, whether to believe it, and a run as it goes."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import loadtest, loadtest_run
from grafana.dashboards.variables import JOB, KERNEL, TESTED
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """The newest run of the picked machines; while one is in progress, its course."""
    return Dashboard(
        uid="perfanalysis-loadtest",
        title="PerfAnalysis: load test",
        description="What a machine can do at each busy level, and how sure that is.",
        tags=["perfanalysis", "load-test"],
        variables=[JOB, TESTED, KERNEL],
        rows=[
            Row("Newest result", [loadtest.results()]),
            Row("Work", [loadtest.curve()]),
            Row(
                "Whether to believe it",
                [
                    replace(loadtest.validity(), height=6),
                    loadtest_run.doubt(),
                    loadtest_run.thresholds(),
                    loadtest_run.age(),
                    loadtest.reached(),
                    loadtest_run.steal(),
                ],
            ),
            Row("Scaling", [loadtest_run.scaling(), loadtest_run.throttling()]),
            Row(
                "In progress (set the refresh to 1 s)",
                [loadtest.progress(), loadtest_run.live_rate(), loadtest_run.live_stream()],
            ),
        ],
        annotations=[marks.LOAD_TESTS, marks.ALERTS],
        refresh="5s",
    )
