"""Which jobs are those of machines, and whose machines the fleet's dashboard shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from demo.servers import start_prometheus
from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.variables import JOB
from perfanalysis.promql import Series
from pictures.variables import Span, choices, first_choices
from tests.grafana.hour import stores
from tests.grafana.hour.asking import ask

pytestmark = pytest.mark.e2e

HOUR, STEP = 3600.0, 15
OURS, PLAIN, GONE, FOREIGN = "node", "linux", "edge", "mysql"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Span]]:
    """A machine of ours, one of node_exporter, and two jobs that are down: edge's two and mysql's.

    Edge's machines answered until two days ago; mysql's targets are no machines at all.
    """
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "prometheus.yml").write_text(stores.CONFIGURATION.replace("3h", "72h"))
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    end = float(int(time.time()) // STEP * STEP)
    hour = np.arange(end - HOUR, end + 1, STEP)
    earlier = np.arange(end - 54 * HOUR, end - 48 * HOUR, 240)
    made = [_series("perf_machine_info", OURS, "ours-1", hour, 1, provider="aws", region="here")]
    for job, name, need in ((OURS, "ours-1", 0.5), (PLAIN, "plain-1", 0.95)):
        made += [
            _series(metric, job, name, hour, value)
            for metric, value in (
                ("up", 1),
                ("node_boot_time_seconds", 1e9),
                ("instance:node_need:ratio", need),
                ("instance:node_cpu_busy:ratio_rate5m", need),
            )
        ]
    for name in ("edge-1", "edge-2"):
        made.append(_series("node_boot_time_seconds", GONE, name, earlier, 1e9))
    for job, name in ((GONE, "edge-1"), (GONE, "edge-2"), (FOREIGN, "db-1"), (FOREIGN, "db-2")):
        made.append(_series("up", job, name, hour, 0))
    try:
        stores.write(url, made, None)
        yield url, Span(end - HOUR, end, STEP, STEP)
    finally:
        server.stop()


def _series(metric: str, job: str, instance: str, times: Any, value: float, **more: str) -> Series:
    labels = {"__name__": metric, "job": job, "instance": instance, **more}
    return Series(labels, times, np.full(len(times), float(value)))


def answer(fleet: tuple[str, Span], title: str, **picked: list[str]) -> list[dict[str, Any]]:
    """What a panel of the fleet's dashboard gets of its first query."""
    url, span = fleet
    dashboard = DASHBOARDS["fleet.json"]()
    values = first_choices(url, dashboard.variables, picked, span)
    (panel,) = (panel for panel in dashboard.panels if panel.title == title)
    return ask(url, panel.queries[0], values, span).series


def last(series: list[dict[str, Any]]) -> list[float]:
    return [float(entry["values"][-1][1]) for entry in series]


def test_jobs_of_machines_are_offered(fleet: tuple[str, Span]) -> None:
    url, span = fleet
    assert choices(url, JOB, {}, span) == sorted([OURS, PLAIN, GONE])


def test_machines_that_are_down_are_counted_and_other_targets_are_not(
    fleet: tuple[str, Span],
) -> None:
    assert last(answer(fleet, "Not scraped")) == [2]
    assert last(answer(fleet, "Not scraped", job=[OURS])) == [0]


def test_machines_of_node_exporter_are_there(fleet: tuple[str, Span]) -> None:
    assert last(answer(fleet, "Machines")) == [2]
    assert [e["metric"]["instance"] for e in answer(fleet, "Machines by need")] == [
        "plain-1",
        "ours-1",
    ]
    assert {e["metric"]["instance"] for e in answer(fleet, "CPU busy")} == {"plain-1", "ours-1"}
    assert last(answer(fleet, "Machines in need")) == [1]


@pytest.mark.parametrize("picked", [{"provider": ["aws"]}, {"region": ["here"]}])
def test_who_runs_them_is_not_known(fleet: tuple[str, Span], picked: dict[str, list[str]]) -> None:
    assert last(answer(fleet, "Machines", **picked)) == [1]
    assert {e["metric"]["instance"] for e in answer(fleet, "CPU busy", **picked)} == {"ours-1"}
