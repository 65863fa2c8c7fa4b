"""The dashboard of load tests: the curve, whether to believe it, and a run as it goes."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import (
    loadtest,
    loadtest_regression,
    loadtest_run,
    loadtest_speeds,
    replay,
)
from grafana.dashboards.shown import TESTED_LAST, marks_of_shown, narrowed, of_shown
from grafana.dashboards.variables import JOB, KERNEL, TESTED
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """The newest run of the picked machines; while one is in progress, its course."""
    return Dashboard(
        uid="perfanalysis-loadtest",
        title="PerfAnalysis: load test",
        description="What a machine can do at each busy level, and how sure that is.",
        tags=["perfanalysis", "load-test"],
        variables=[JOB, *narrowed(TESTED, TESTED_LAST), KERNEL],
        rows=[
            Row("Newest result", [loadtest.results(), *of_shown(_work()).panels]),
            *map(of_shown, _rows()),
        ],
        annotations=marks_of_shown([marks.LOAD_TESTS, marks.ALERTS]),
        refresh="5s",
    )


def _work() -> Row:
    """What they did, a panel a machine."""
    return Row("Work", [loadtest.curve()])


def _rows() -> list[Row]:
    """The newest run: whether to believe it, and one in progress."""
    return [
        Row(
            "Whether to believe it",
            [
                replace(loadtest.validity(), height=6),
                loadtest_run.doubt(),
                loadtest_run.thresholds(),
                loadtest_run.age(),
                loadtest.reached(),
                loadtest_run.steal(),
                loadtest_speeds.two_speeds(),
            ],
        ),
        Row("Against earlier runs", [loadtest_regression.drop(), loadtest_regression.deviations()]),
        Row("Workers", [loadtest.ladder()]),
        Row("Scaling", [loadtest_run.scaling(), loadtest_run.throttling()]),
        Row(
            "In progress (set the refresh to 1 s)",
            [loadtest.progress(), loadtest_run.live_rate(), loadtest_run.live_stream()],
        ),
        Row("Replay in progress", [replay.cpu(), replay.distance(), replay.unreachable()]),
    ]
