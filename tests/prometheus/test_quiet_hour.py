"""No alert fires over an hour of a quiet machine, recorded by our own exporter and stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grafana.dashboards.expressions import RULES, rules_in
from reporter.promql import Engine, Series
from tests.grafana.hour import stores
from tests.importing.test_quiet_hours import metrics_in, without_recorded
from tests.prometheus.quiet_hour.hour import quiet_hour

pytestmark = pytest.mark.e2e

ALERTS = {rule["alert"]: rule["expr"] for rule in rules_in(RULES) if "alert" in rule}
# What the machine that was recorded does not have, so that its alert can be neither true nor false
# there. The unit tests of the rules (prometheus/tests) have all of them.
NOT_THERE: dict[str, str] = {}


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Series]]]:
    """A Prometheus with the hour, and what rules and alerts made of it."""
    folder: Path = tmp_path_factory.mktemp("quiet")
    with stores.prometheus(folder, quiet_hour()) as made:
        yield made


def test_no_alert_fires(hour: tuple[str, list[Series]]) -> None:
    _, recorded = hour
    fired = {s.labels["alertname"] for s in recorded if s.labels["__name__"] == "ALERTS"}
    assert fired == {"Watchdog"}


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_could_be_evaluated(hour: tuple[str, list[Series]], name: str) -> None:
    engine = Engine(hour[0])
    missing = [
        metric
        for metric in sorted(metrics_in(without_recorded(ALERTS[name])))
        if not engine.query(f"count(last_over_time({metric}[2h]))")
    ]
    assert (missing == []) != (name in NOT_THERE), missing
