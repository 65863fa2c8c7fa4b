"""Over an hour of a real machine, recorded by our own exporter and stack, no alert fires wrongly.

What the machine that was recorded lacked is said there, and is right: see ``RIGHT``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grafana.dashboards.expressions import RULES, rules_in
from perfanalysis.promql import Engine, Series
from prometheus.generator.table import read_table
from tests.conftest import REPOSITORY
from tests.grafana.hour import stores
from tests.importing.test_quiet_hours import metrics_in, without_recorded
from tests.prometheus.recorded_hour.hour import recorded_hour

pytestmark = pytest.mark.e2e

ALERTS = {rule["alert"]: rule["expr"] for rule in rules_in(RULES) if "alert" in rule}
# What the machine that was recorded does not have, so that its alert can be neither true nor false
# there, as the alert's own entry says. The unit tests of the rules have all of them.
NOT_THERE = {alert.name for alert in read_table(REPOSITORY).alerts if alert.not_recorded}
# Metrics of other kernels, which a rule asks for beside those of this one.
OF_OTHER_KERNELS = {"node_vmstat_allocstall": "before Linux 4.10"}
# Metrics that the exporter got after the hour; without them a rule stands on the others.
OF_LATER_EXPORTERS = {
    "perf_loadtest_newest_valid",
    "perf_loadtest_full_conditions",
    "perf_network_physical",
    "perf_disk_physical",
}
OTHERS = OF_OTHER_KERNELS.keys() | OF_LATER_EXPORTERS
# What fires there, and is right.
RIGHT = {
    "PerfAnalysisWatchdog": "it always fires",
    "ClockNotSynchronised": "the machine that was recorded has no time service",
}


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Series]]]:
    """A Prometheus with the hour, and what rules and alerts made of it."""
    folder: Path = tmp_path_factory.mktemp("recorded")
    with stores.prometheus(folder, recorded_hour()) as made:
        yield made


def test_no_alert_fires(hour: tuple[str, list[Series]]) -> None:
    _, recorded = hour
    fired = {s.labels["alertname"] for s in recorded if s.labels["__name__"] == "ALERTS"}
    assert fired == RIGHT.keys()


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_could_be_evaluated(hour: tuple[str, list[Series]], name: str) -> None:
    engine = Engine(hour[0])
    metrics = sorted(metrics_in(without_recorded(ALERTS[name])) - OTHERS)
    now = time.time()
    missing = [m for m in metrics if not engine.query(f"count(last_over_time({m}[2h]))", now)]
    if name in NOT_THERE:
        assert missing, f"{name} has its metrics there: its not_recorded is wrong"
    assert name in NOT_THERE or not missing, f"{name}: its not_recorded is to say why"
