"""What rules and dashboards take for a portal's metrics is what a portal shows."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from grafana.dashboards.portal_metrics import PORTAL_METRICS
from portal.api import regressions
from tests.portal.serving import portal


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_names_and_labels_are_those_of_the_page(engine: Engine) -> None:
    tenant = portal(engine, "one")
    tenant.hand_in(test_id="a")
    page = tenant.client.get("/metrics").text
    shown: dict[str, frozenset[str]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            shown[sample.name] = frozenset(sample.labels)
    # Without a regression there is no sample of it; `test_regressions` has one.
    shown["perf_portal_regression_drop_ratio"] = frozenset(regressions.DROP_LABELS) - {"instance"}
    assert {name: shown[name] for name in PORTAL_METRICS} == PORTAL_METRICS
