"""The real exporter with all kinds of sources, reloaded and stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.exporter.collectors.custom.test_commands import is_alive, wait_for_end, wait_for_number
from tests.exporter.conftest import Running, StartExporter, samples_of
from tests.exporter.test_app import promtool
from tests.perfanalysis.machines.cloud.services import Asked, Given, serving

DEPTH = """
  - file: {folder}/depth
    metrics:
      - {{name: queue_depth, type: gauge, help: Jobs., labels: {{queue: mail}}, column: 1}}
"""
COMMAND = """
  - command: [/bin/sh, -c, 'cat {folder}/value']
    interval: 1
    metrics:
      - {{name: jobs_total, type: counter, help: Jobs., regex: '^jobs (\\d+)$'}}
      - {{name: job_seconds, type: gauge, help: Time., unit: seconds, scale: 0.001, column: 2}}
"""
HANGING = """
  - command: [/bin/sh, -c, 'echo $$ > {folder}/hanging; sleep 300']
    interval: 3600
    timeout: 3000
    metrics:
      - {{name: never_there, type: gauge, help: Nothing., column: 1}}
"""
HTTP = """
  - http: {url}/stats
    bearer_token_file: {folder}/key
    header_files: {{X-Asked-By: {folder}/asked-by}}
    interval: 1
    metrics:
      - name: pool_connections
        type: gauge
        help: Connections.
        jmespath: 'pools[*].{{pool: name, value: open}}'
        item_labels: [pool]
"""


def write(folder: Path, *parts: str, url: str = "") -> Path:
    text = "sources:" + "".join(part.format(folder=folder, url=url) for part in parts)
    path = folder / "custom.yaml"
    path.write_text(text)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "depth").write_text("3\n")
    (tmp_path / "value").write_text("jobs 12\n")
    (tmp_path / "key").write_text("hunter2\n")
    (tmp_path / "asked-by").write_text("exporter\n")
    return tmp_path


def page_of(running: Running) -> dict[str, float]:
    answer = requests.get(f"{running.url}/metrics", params={"collect[]": "custom"}, timeout=10)
    assert answer.status_code == 200
    return samples_of(answer.content)


def page_when(running: Running, fits: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    end = time.monotonic() + 20
    while not fits(page := page_of(running)):
        assert time.monotonic() < end, page
        time.sleep(0.02)
    return page


def open_metrics_of(running: Running) -> list[Metric]:
    """The collector's families, as a strict parser of OpenMetrics reads them."""
    page = requests.get(
        f"{running.url}/metrics",
        params={"collect[]": "custom"},
        headers={"Accept": "application/openmetrics-text;version=1.0.0"},
        timeout=10,
    )
    assert page.headers["Content-Type"].startswith("application/openmetrics-text")
    return list(text_string_to_metric_families(page.text))


def success(metric: str) -> str:
    return f'perf_custom_success{{metric="{metric}"}}'


def age(metric: str) -> str:
    return f'perf_custom_age_seconds{{metric="{metric}"}}'


def stats(asked: Asked) -> Given:
    if asked.headers.get("authorization") != "Bearer hunter2":
        return Given(b"", 401)
    if asked.headers.get("x-asked-by") != "exporter" or asked.path != "/stats":
        return Given(b"", 400)
    pools = [{"name": "main", "open": 7, "idle": 2}, {"name": "spare", "open": 0, "idle": 0}]
    return Given(json.dumps({"pools": pools}).encode())


def test_all_kinds_of_sources_on_one_page(start_exporter: StartExporter, folder: Path) -> None:
    with serving(stats) as service:
        config = write(folder, DEPTH, COMMAND, HANGING, HTTP, url=service.url)
        running = start_exporter(f"--collector.custom.config={config}")
        page = page_when(
            running, lambda page: "jobs_total" in page and age("pool_connections") in page
        )
        assert page['queue_depth{queue="mail"}'] == 3
        assert page["jobs_total"] == 12
        assert page["job_seconds"] == 0.012
        assert page['pool_connections{pool="main"}'] == 7
        assert page['pool_connections{pool="spare"}'] == 0
        for metric in ("queue_depth", "jobs_total", "job_seconds", "pool_connections"):
            assert page[success(metric)] == 1
        # A file has no age, and the command that hangs has not ended yet.
        assert age("queue_depth") not in page
        assert success("never_there") not in page
        # An answer that fails leaves the last good values, and says so.
        service.answering = lambda _: Given(b"<html>hunter2</html>", 503)
        page = page_when(running, lambda page: page[success("pool_connections")] == 0)
        assert page['pool_connections{pool="main"}'] == 7
        assert page[age("pool_connections")] > 0
        families = {family.name: family for family in open_metrics_of(running)}
        assert (families["job_seconds"].type, families["jobs"].type) == ("gauge", "counter")
        assert [s.labels for s in families["pool_connections"].samples] == [
            {"pool": "main"},
            {"pool": "spare"},
        ]
        whole = requests.get(f"{running.url}/metrics", timeout=10)
        checked = subprocess.run(
            [promtool(), "check", "metrics"], input=whole.content, capture_output=True, check=False
        )
        said = (checked.stdout + checked.stderr).decode()
        mine = ("queue_", "job", "pool_", "perf_custom")
        assert [line for line in said.splitlines() if line.startswith(mine)] == []
    log = running.log.read_text()
    assert "custom metric pool_connections failed" in log
    assert "status 503" in log
    assert "hunter2" not in log


def test_values_vanish_when_they_are_too_old(start_exporter: StartExporter, folder: Path) -> None:
    config = write(folder, COMMAND.replace("interval: 1", "interval: 1\n    max_age: 1"))
    running = start_exporter(f"--collector.custom.config={config}")
    page_when(running, lambda page: "jobs_total" in page)
    (folder / "value").unlink()
    page = page_when(running, lambda page: "jobs_total" not in page)
    assert page[success("jobs_total")] == 0
    assert page[age("jobs_total")] > 1
    (folder / "value").write_text("jobs 13\n")
    assert page_when(running, lambda page: "jobs_total" in page)["jobs_total"] == 13
    assert "custom metric jobs_total works again" in running.log.read_text()


def test_a_file_that_fails_costs_its_metric_only(
    start_exporter: StartExporter, folder: Path
) -> None:
    config = write(folder, DEPTH, COMMAND)
    running = start_exporter(f"--collector.custom.config={config}")
    (folder / "depth").write_text("many\n")
    page = page_when(running, lambda page: "jobs_total" in page)
    assert page[success("queue_depth")] == 0
    assert 'queue_depth{queue="mail"}' not in page
    assert page['node_scrape_collector_success{collector="custom"}'] == 1
    for _ in range(3):
        page_of(running)
    assert running.log.read_text().count("custom metric queue_depth failed") == 1


def test_reload_by_signal_and_by_request(start_exporter: StartExporter, folder: Path) -> None:
    config = write(folder, DEPTH, HANGING)
    running = start_exporter(f"--collector.custom.config={config}", "--web.enable-lifecycle")
    hanging = wait_for_number(folder / "hanging")
    loaded = page_of(running)["perf_config_last_reload_success_timestamp_seconds"]
    # By request: another source more; the command that runs goes on.
    write(folder, DEPTH, HANGING, COMMAND)
    for method, wanted in (("GET", 405), ("PUT", 200), ("POST", 200)):
        assert requests.request(method, f"{running.url}/-/reload", timeout=10).status_code == wanted
    page = page_when(running, lambda page: "jobs_total" in page)
    assert page["perf_config_last_reload_success_timestamp_seconds"] > loaded
    assert is_alive(hanging)
    # A bad file changes nothing but what is said of it.
    config.write_text("sources: []\n")
    answer = requests.post(f"{running.url}/-/reload", timeout=10)
    assert answer.status_code == 500
    assert "sources: expected a list with at least one entry" in answer.text
    page = page_of(running)
    assert page["perf_config_last_reload_successful"] == 0
    assert {"jobs_total", 'queue_depth{queue="mail"}'} <= set(page)
    assert "the old one stays" in running.log.read_text()
    # By signal: what is not there any more is gone, and its command killed.
    write(folder, COMMAND)
    running.process.send_signal(signal.SIGHUP)
    page = page_when(running, lambda page: page["perf_config_last_reload_successful"] == 1)
    assert 'queue_depth{queue="mail"}' not in page
    assert success("queue_depth") not in page
    wait_for_end(hanging)
    assert running.process.poll() is None


def test_reloads_leave_nothing_behind(start_exporter: StartExporter, folder: Path) -> None:
    config = write(folder, DEPTH)
    running = start_exporter(f"--collector.custom.config={config}", "--web.enable-lifecycle")

    def held() -> tuple[int, int]:
        process = Path(f"/proc/{running.process.pid}")
        return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))

    page_of(running)
    before = held()
    for i in range(40):
        write(folder, DEPTH, COMMAND.replace("{folder}/value", f"{{folder}}/value #{i}"))
        assert requests.post(f"{running.url}/-/reload", timeout=10).status_code == 200
    page_when(running, lambda page: "jobs_total" in page)
    write(folder, DEPTH)
    assert requests.post(f"{running.url}/-/reload", timeout=10).status_code == 200
    end = time.monotonic() + 20
    # What was held before may have had a connection more.
    while any(now > then for now, then in zip(held(), before, strict=True)):
        assert time.monotonic() < end, (held(), before)
        time.sleep(0.05)


def test_the_end_of_the_exporter_ends_its_commands(
    start_exporter: StartExporter, folder: Path
) -> None:
    running = start_exporter(f"--collector.custom.config={write(folder, HANGING)}")
    hanging = wait_for_number(folder / "hanging")
    running.process.terminate()
    assert running.process.wait(20) == 0
    wait_for_end(hanging)


def test_without_the_flag_there_is_no_reload_and_a_signal_does_no_harm(
    start_exporter: StartExporter,
) -> None:
    running = start_exporter()
    assert requests.post(f"{running.url}/-/reload", timeout=10).status_code == 404
    running.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 20
    while "no configuration to reload" not in running.log.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)
    page = requests.get(f"{running.url}/metrics", timeout=10)
    assert page.status_code == 200
    assert "perf_config_last_reload" not in page.text
