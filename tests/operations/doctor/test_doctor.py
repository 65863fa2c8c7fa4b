"""The doctor, before a real Prometheus that holds an installation that is well, and others."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from demo.servers import start_prometheus
from perfanalysis.cli import run
from perfanalysis.promql import Series
from tests.grafana.hour.stores import CONFIGURATION, write

Made = list[tuple[str, dict[str, str], float]]
# Times are written down as they are from the moment of writing on.
TIMES = ("node_time_seconds", "perf_loadtest_timestamp_seconds")
DAY = 86_400.0


def machine(job: str, instance: str, nodename: str = "", **other: float) -> Made:
    """A machine that is well, but for what is said."""
    values = {
        "up": 1.0,
        "node_time_seconds": -20.0,
        "scrape_samples_post_metric_relabeling": 900.0,
        "perf_loadtest_valid": 1.0,
        "perf_loadtest_timestamp_seconds": -DAY,
        "perf_machine_price_dollars_per_hour": 0.1,
        "instance:node_cpu_busy:ratio_rate5m": 0.2,
        "node_scrape_collector_success": 1.0,
    } | {name.replace("__", ":"): value for name, value in other.items()}
    more = {
        "perf_loadtest_valid": {"kernel": "rmw"},
        "perf_loadtest_timestamp_seconds": {"kernel": "rmw"},
        "node_scrape_collector_success": {"collector": "mdadm"},
    }
    target = {"job": job, "instance": instance}
    made = [
        (name, target | more.get(name, {}), value)
        for name, value in values.items()
        if not np.isnan(value)
    ]
    version = {"version": "0.3.0", "goversion": "python3.11"}
    made.append(("node_uname_info", target | {"nodename": nodename or instance}, 1.0))
    made.append(("node_exporter_build_info", target | version, 1.0))
    return made


GONE = float("nan")
WELL: Made = [
    *machine("well", "a"),
    *machine("well", "b"),
    ("ALERTS", {"alertname": "PerfAnalysisWatchdog", "alertstate": "firing"}, 1.0),
    ("perf_backup_last_created_timestamp_seconds", {"job": "well", "source": "prices"}, -DAY),
    ("perf_backup_last_verified_timestamp_seconds", {"job": "well", "source": "prices"}, -DAY),
]
ILL: Made = [
    *machine("down", "a", up=0.0),
    *machine("down", "b"),
    *machine("collector", "a", node_scrape_collector_success=0.0),
    *machine("never", "a"),
    ("node_scrape_collector_success", {"job": "never", "instance": "a", "collector": "x"}, 0.0),
    *machine("clock", "a", node_time_seconds=100.0),
    *machine("large", "a", scrape_samples_post_metric_relabeling=9000.0),
    *(
        (name, {"job": "large", "instance": "a", "device": f"veth{n}"}, 1.0)
        for name, many in (("node_network_up", 30), ("node_arp_entries", 20), ("node_disk_x", 9))
        for n in range(many)
    ),
    *machine("pushing", "p", scrape_samples_post_metric_relabeling=GONE),
    *machine("untested", "a", perf_loadtest_valid=GONE, perf_loadtest_timestamp_seconds=GONE),
    *machine("untested", "b"),
    *machine("disturbed", "a", perf_loadtest_valid=0.0),
    *machine("old", "a", perf_loadtest_timestamp_seconds=-91 * DAY),
    *machine("unpriced", "a", perf_machine_price_dollars_per_hour=GONE),
    *machine("unpriced", "b"),
    *machine("clones", "a", "image"),
    *machine("clones", "b", "image"),
    *machine("one", "x"),
    *machine("other", "x"),
]


def series(made: Made) -> list[Series]:
    now = time.time()
    times = np.array([now - 40, now - 20])
    return [
        Series(
            {"__name__": name, **labels},
            times,
            # A collector worked before.
            np.array([1.0, value])
            if labels.get("collector") == "mdadm"
            else np.full(2, value + (now if name in TIMES or "backup_last" in name else 0.0)),
        )
        for name, labels, value in made
    ]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", folder / "log")
    write(url, series(WELL + ILL), None)
    yield url
    server.stop()


def examined(
    url: str, job: str, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, dict[str, tuple[str, str]]]:
    status = run(["doctor", f"--prometheus={url}", f"--job={job}", "--json", *words])
    found = json.loads(capsys.readouterr().out)
    return status, {one["check"]: (one["state"], one["said"]) for one in found}


@pytest.mark.e2e
def test_an_installation_that_is_well(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = examined(engine, "well", capsys)
    assert status == 0
    assert {check: said for check, (state, said) in found.items() if state == "good"} == {
        "scrapes": "2 machines are scraped",
        "labels": "each machine has one name",
        "clocks": "all clocks are within 2 s",
        "versions": "all exporters are of 0.3.0",
        "cardinality": "at most 900 series a machine, of 5000",
        "rules": "rules are recorded, and alerts evaluated",
        "load tests": "all 2 machines have a load test",
        "prices": "all 2 machines have a price",
        "backups": "backups of prices are proven",
    }


@pytest.mark.e2e
@pytest.mark.parametrize(
    "case",
    [
        (
            "nobody",
            "scrapes",
            "wrong",
            'no target has a job like "nobody"; there are the jobs clock, clones, collector,'
            " disturbed, down and 9 more",
            1,
        ),
        ("nobody", "clocks", "unknown", "no machine answers", 1),
        ("down", "scrapes", "wrong", "1 of 2 machines are not scraped: a", 1),
        (
            "collector",
            "collectors",
            "warning",
            "collectors fail that worked within a day: mdadm",
            0,
        ),
        ("clock", "clocks", "wrong", "clocks differ by more than 2 s from the engine's: a", 1),
        (
            "large",
            "cardinality",
            "warning",
            "1 machines bring more than 5000 series (at most 9000): a; most of a:"
            " node_network_up 30, node_arp_entries 20, node_disk_x 9",
            0,
        ),
        ("untested", "load tests", "warning", "1 machines have no load test: a", 0),
        (
            "disturbed",
            "load tests",
            "warning",
            "load tests were disturbed, and count for nothing: a",
            0,
        ),
        ("old", "load tests", "warning", "the newest load test is older than 90 days: a", 0),
        ("unpriced", "prices", "warning", "1 machines have no price: a", 0),
        ("clones", "labels", "warning", "several instances have the same node name: image", 0),
        ("one|other", "labels", "warning", "two jobs scrape the same instance: x", 0),
    ],
)
def test_what_is_not_well_is_named(
    engine: str, capsys: pytest.CaptureFixture[str], case: tuple[str, str, str, str, int]
) -> None:
    job, check, state, said, status = case
    ended, found = examined(engine, job, capsys)
    assert found[check] == (state, said)
    assert ended == status


@pytest.mark.e2e
def test_a_collector_that_never_worked_is_no_fault(
    engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = examined(engine, "never", capsys)
    assert "collectors" not in found
    assert found["scrapes"] == ("good", "1 machines are scraped")


@pytest.mark.e2e
def test_series_of_who_pushes_are_counted(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    series = len(machine("pushing", "p")) - 1
    status, found = examined(engine, "pushing", capsys, f"--budget={series}")
    assert found["cardinality"] == ("good", f"at most {series} series a machine, of {series}")
    status, found = examined(engine, "pushing", capsys, f"--budget={series - 1}")
    state, said = found["cardinality"]
    assert (status, state) == (0, "warning")
    assert said.startswith(f"1 machines bring more than {series - 1} series (at most {series}): p")


@pytest.mark.e2e
def test_a_proof_that_failed_today_is_told_though_yesterdays_is_young(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prometheus.yml").write_text("{}\n")
    labels = {"job": "node", "source": "portal"}
    made: Made = [
        *machine("node", "a"),
        ("perf_backup_last_created_timestamp_seconds", labels, 0.0),
        ("perf_backup_last_verified_timestamp_seconds", labels, -DAY),
        ("perf_backup_verified", labels, 0.0),
    ]
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:
        write(url, series(made), None)
        _, found = examined(url, "node", capsys)
        assert found["backups"] == ("wrong", "the last proof of portal failed")
    finally:
        server.stop()


@pytest.mark.e2e
def test_an_engine_that_holds_nothing_and_one_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prometheus.yml").write_text("{}\n")
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:
        status, found = examined(url, "node", capsys)
        assert status == 1
        states = {check: state for check, (state, _) in found.items()}
        assert states["scrapes"] == states["rules"] == "wrong"
        unknown = {"labels", "clocks", "versions", "cardinality", "load tests", "prices", "backups"}
        assert {states[one] for one in unknown} == {"unknown"}
        assert run(["doctor", f"--prometheus={url}"]) == 1
        shown = capsys.readouterr().out
        assert "2 wrong, 1 warnings" in shown
        assert "nothing at all is scraped" in shown
        assert shown.count("-> see to the scrapes first, above") == 6
    finally:
        server.stop()
    assert run(["doctor", f"--prometheus={url}", '--job=a"b']) == 2
