"""What is marked in all charts: load tests, regressions and alerts."""

from __future__ import annotations

from grafana.dashboards.variables import machines
from grafana.dashboards.words import Annotation

_WORTH_A_MARK = (
    'alertstate="firing"',
    'alertname!="PerfAnalysisWatchdog"',
    'severity=~"critical|warning"',
)

LOAD_TESTS = Annotation(
    name="Load tests",
    # One mark for each run that ended within the range; what is older is not in the chart.
    expression=(
        f"max by (instance, kernel) ({machines('perf_loadtest_timestamp_seconds')}) * 1000"
    ),
    title="Load test {{kernel}}",
    text="{{instance}}",
    colour="blue",
    at_value=True,
)
# Of the picked machines only: what fires elsewhere has nothing to do with these charts.
ALERTS = Annotation(
    name="Alerts",
    expression=f"max by (alertname, instance, severity) ({machines('ALERTS', *_WORTH_A_MARK)})",
    title="{{alertname}}",
    text="{{instance}} {{severity}}",
    colour="red",
)
# One mark for an alert, on however many machines it fires.
FLEET_ALERTS = Annotation(
    name="Alerts",
    expression=f"count by (alertname, severity) (ALERTS{{{','.join(_WORTH_A_MARK)}}})",
    title="{{alertname}}",
    text="{{severity}}, see the table for the machines",
    colour="red",
)
REGRESSIONS = Annotation(
    name="Regressions",
    expression=(
        "max by (instance, kernel) ("
        + machines("ALERTS", 'alertname="LoadTestRegression"', 'alertstate="firing"')
        + ")"
    ),
    title="{{instance}} does less of {{kernel}}",
    text="below its usual interval",
    colour="orange",
)
