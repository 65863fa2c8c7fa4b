"""What is marked in all charts: load tests, regressions and alerts."""

from __future__ import annotations

from grafana.dashboards.words import Annotation

LOAD_TESTS = Annotation(
    name="Load tests",
    # One mark for each run that ended within the range; what is older is not in the chart.
    expression='max by (instance, kernel) (perf_loadtest_timestamp_seconds{job=~"$job"}) * 1000',
    title="Load test {{kernel}}",
    text="{{instance}}",
    colour="blue",
    at_value=True,
)
ALERTS = Annotation(
    name="Alerts",
    expression=(
        "max by (alertname, instance, severity)"
        ' (ALERTS{alertstate="firing",alertname!="Watchdog",severity=~"critical|warning"})'
    ),
    title="{{alertname}}",
    text="{{instance}} {{severity}}",
    colour="red",
)
REGRESSIONS = Annotation(
    name="Regressions",
    expression=(
        'max by (instance, kernel) (ALERTS{alertname="LoadTestRegression",alertstate="firing"})'
    ),
    title="{{instance}} does less of {{kernel}}",
    text="below its usual interval",
    colour="orange",
)
