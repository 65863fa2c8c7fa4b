"""Panels of what few machines have, and of a cluster: asked of a real engine that has just that."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import numpy as np
import pytest

from demo.servers import start_prometheus
from grafana.dashboards.collection import DASHBOARDS
from perfanalysis.promql import Series
from pictures.variables import Span, first_choices
from tests.grafana.hour import stores
from tests.grafana.hour.asking import ask

pytestmark = pytest.mark.e2e

HOUR, STEP = 3600.0, 15
# A series, its value at the begin of the hour, and at the end; it steps in the middle.
LINES = """
node_boot_time_seconds{} 1 1
node_cpu_seconds_total{cpu="0",mode="idle"} 1 1
instance:node_need:ratio{} 0 0
node_md_disks{device="md0",state="failed"} 1 1
node_md_disks{device="md0",state="active"} 1 1
node_md_disks_required{device="md0"} 3 3
node_md_state{device="md0",state="inactive"} 1 1
node_md_raid_disks{device="md0"} 3 3
node_md_blocks{device="md0"} 400 400
node_md_blocks_synced{device="md0"} 100 300
node_bonding_slaves{master="bond0"} 2 2
node_bonding_active{master="bond0"} 2 1
node_textfile_scrape_error{} 0 1
node_edac_correctable_errors_total{controller="0"} 5 7
node_edac_uncorrectable_errors_total{controller="0"} 0 1
node_kernel_hung_tasks_total{} 0 3
node_systemd_units{state="failed"} 2 2
node_systemd_units{state="activating"} 0 0
node_memory_Committed_AS_bytes{} 150 150
node_memory_CommitLimit_bytes{} 100 100
perf_push_queue_bytes{} 60 60
perf_push_queue_limit_bytes{} 100 100
perf_push_documents_dropped_total{reason="full"} 0 4
perf_custom_success{metric="queue"} 0 0
perf_config_last_reload_successful{} 0 0
node_textfile_mtime_seconds{file="/t/perfanalysis_report_daily.prom"} 0 0
prometheus_remote_storage_highest_timestamp_in_seconds{job="prometheus"} 900 900
prometheus_remote_storage_queue_highest_sent_timestamp_seconds{job="prometheus",url="u"} 600 600
prometheus_rule_evaluation_failures_total{job="prometheus",rule_group="g"} 0 2
perf_container_info{id="/a",name="a",namespace="shop",pod="web-7d9f-1",container="web"} 1 1
perf_container_info{id="/b",name="b",namespace="shop",pod="db-0",container="db"} 1 1
perf_container_info{id="/p",name="p",namespace="shop",pod="db-0",container=""} 1 1
container_cpu_usage_seconds_total{id="/a",name="a",cpu="total"} 0 ramp
container_cpu_usage_seconds_total{id="/b",name="b",cpu="total"} 0 ramp
container_cpu_usage_seconds_total{id="/p",name="p",cpu="total"} 0 ramp
container_memory_working_set_bytes{id="/a",name="a"} 100 100
container_memory_working_set_bytes{id="/b",name="b"} 200 200
container_memory_working_set_bytes{id="/p",name="p"} 900 900
"""
# With kube-state-metrics beside it, its metrics without kube_pod_.
STATE = """
owner{namespace="shop",pod="web-7d9f-1",owner_kind="ReplicaSet",owner_name="web-7d9f"} 1 1
owner{namespace="shop",pod="db-0",owner_kind="StatefulSet",owner_name="db"} 1 1
container_resource_requests{namespace="shop",pod="web-7d9f-1",container="web",resource="cpu"} 2 2
container_resource_requests{namespace="shop",pod="db-0",container="db",resource="cpu"} 1 1
container_resource_limits{namespace="shop",pod="db-0",container="db",resource="memory"} 400 400
container_status_restarts_total{namespace="shop",pod="db-0",container="db"} 0 2
"""
_LINE_BEGIN = re.compile(r"^(?=\w)", re.MULTILINE)
_LINE = re.compile(r"([\w:]+)\{(.*)\} (\S+) (\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def series(lines: str, end: float, **target: str) -> list[Series]:
    times = np.arange(end - HOUR, end + 1, STEP)
    made = []
    for name, labels, first, last in _LINE.findall(lines):
        values = np.full(len(times), float(first))
        if last == "ramp":
            values += (times - times[0]) / 2
        else:
            values[len(times) // 2 :] = float(last)
        made.append(
            Series({"__name__": name, **target, **dict(_LABEL.findall(labels))}, times, values)
        )
    return made


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Span]]:
    """A Prometheus with the hour of a machine that has all of it."""
    folder = tmp_path_factory.mktemp("rare")
    (folder / "prometheus.yml").write_text(stores.CONFIGURATION)
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    end = float(int(time.time()) // STEP * STEP)
    try:
        stores.write(url, series(LINES, end, job="node", instance="m"), None)
        stores.write(
            url,
            series(
                _LINE_BEGIN.sub("kube_pod_", STATE), end, job="kube-state-metrics", instance="k"
            ),
            None,
        )
        yield url, Span(end - HOUR, end, STEP, STEP)
    finally:
        server.stop()


def highest(engine: tuple[str, Span], dashboard: str, title: str) -> list[dict[str, float]]:
    """The highest value of each series of each query, by the labels that are left."""
    url, span = engine
    made = DASHBOARDS[f"{dashboard}.json"]()
    values = first_choices(url, made.variables, {}, span)
    if "shown" in {variable.name for variable in made.variables}:
        values["shown"] = "m"
    (panel,) = (panel for panel in made.panels if panel.title == title)
    found = []
    for query in panel.queries:
        answered = ask(url, query, values, span)
        assert not answered.warnings, answered.expression
        found.append(
            {
                " ".join(value for _, value in sorted(entry["metric"].items())): max(
                    float(value) for _, value in entry.get("values") or [entry["value"]]
                )
                for entry in answered.series
            }
        )
    return found


@pytest.mark.parametrize(
    ("dashboard", "title", "expected"),
    [
        ("machine", "Disks that arrays lack", [{"md0 m": 1}, {"md0 m": 2}]),
        ("machine", "Arrays that do not run", [{"md0 m": 1}, {"md0 m": 0.75}]),
        ("machine", "Links that bonds lack", [{"m bond0": 1}]),
        ("exporters", "Text files refused", [{"m": 1}]),
        ("machine", "Memory errors", [{"m": 2}, {"m": 1}]),
        ("machine", "Tasks that hang", [{"m": 3}]),
        ("machine", "Units that failed", [{"m": 2}, {"m": 0}]),
        ("machine", "Memory promised", [{"m": 1.5}]),
        ("exporters", "Push queue used", [{"m": 0.6}]),
        ("exporters", "Pushes dropped", [{"full": 4}]),
        ("exporters", "Custom metrics that fail", [{"m queue": 1}]),
        ("exporters", "Settings refused", [{"m": 1}]),
        ("exporters", "Remote storage behind", [{"u": 300}]),
    ],
)
def test_what_is_rare_is_shown_where_it_is(
    engine: tuple[str, Span], dashboard: str, title: str, expected: list[dict[str, float]]
) -> None:
    assert highest(engine, dashboard, title) == expected


def test_rules_that_fail_and_reports_that_are_old(engine: tuple[str, Span]) -> None:
    (failed,) = highest(engine, "exporters", "Rules that fail")
    assert failed["g"] == pytest.approx(2, rel=0.4)
    (ages,) = highest(engine, "exporters", "Age of reports")
    assert list(ages) == ["/t/perfanalysis_report_daily.prom"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "Namespaces",
            [{"shop": 1}, {"shop": 3}, {}, {"shop": 300}, {}, {"shop": 400}, {"shop": 2}],
        ),
        (
            "Workloads",
            [
                {"shop web": 0.5, "shop db": 0.5},
                {"shop web": 2, "shop db": 1},
                {},
                {"shop web": 100, "shop db": 200},
                {},
                {"shop db": 400},
                {"shop db": 2},
            ],
        ),
        (
            "Pods",
            [
                {"shop web-7d9f-1": 0.5, "shop db-0": 0.5},
                {"shop web-7d9f-1": 2, "shop db-0": 1},
                {},
                {"shop web-7d9f-1": 100, "shop db-0": 200},
                {},
                {"shop db-0": 400},
                {"shop db-0": 2},
            ],
        ),
    ],
)
def test_use_stands_beside_what_was_asked_for(
    engine: tuple[str, Span], title: str, expected: list[dict[str, float]]
) -> None:
    """A pod's own group, which holds those of its containers, is not counted twice."""
    found = highest(engine, "kubernetes", title)
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        assert got == pytest.approx(wanted, rel=0.01)
