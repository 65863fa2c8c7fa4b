"""The real exporter with plug-ins: pages, flags, and plug-ins that hang."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from perfanalysis.errors import InputError
from tests.exporter.conftest import (
    Running,
    StartExporter,
    run_exporter,
    samples_of,
    scraper_of,
)
from tests.exporter.plugins.written import HEAD, ONE
from tests.exporter.pushing.conftest import Prometheus, prometheus, wait_for
from tests.exporter.test_app import complaints

__all__ = ["prometheus"]

# It waits at the scrape, or while it is imported, until a file is there.
WAITS = """
import os, time
def wait():
    while not os.path.exists({go!r}):
        time.sleep(0.01)
class Waits:
    def collect(self):
        wait()
        yield GaugeMetricFamily("written_waits", "Waits.", value=1)
"""
SUCCESS = 'node_scrape_collector_success{{collector="python:{name}"}}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules, which the exporter's Python searches."""
    made = tmp_path / "modules"
    made.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(made))
    return made


def write(folder: Path, name: str, code: str) -> str:
    (folder / f"{name}.py").write_text(HEAD + code)
    return name


def page_of(running: Running) -> dict[str, float]:
    answer = requests.get(f"{running.url}/metrics", timeout=30)
    assert answer.status_code == 200
    return samples_of(answer.content)


def page_when(running: Running, fits: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    end = time.monotonic() + 20
    while not fits(page := page_of(running)):
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)
    return page


def threads_of(running: Running) -> int:
    return sum(1 for _ in Path(f"/proc/{running.process.pid}/task").iterdir())


# As a pool does at its end with those who still work.
FORKS = """
import multiprocessing, time
class Forks:
    def collect(self):
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
        child.start()
        child.terminate()
        child.join(10)
        yield GaugeMetricFamily("written_forks", "Forks.", value=child.exitcode)
"""


@pytest.mark.e2e
def test_the_end_of_a_child_is_not_the_exporters(
    folder: Path, start_exporter: StartExporter
) -> None:
    name = write(folder, "forks", FORKS)
    running = start_exporter("--collector.disable-defaults", f"--collector.python={name}:Forks")
    for _ in range(2):
        assert page_of(running)["written_forks"] == -signal.SIGTERM
    assert running.process.poll() is None


def test_plugins_are_on_the_page_in_both_formats(
    start_exporter: StartExporter, folder: Path
) -> None:
    write(folder, "mine", ONE)
    running = start_exporter(
        "--collector.python=mine=mine:One",
        "--collector.python=processes",
        "--collector.python=sensors",
        "--collector.python=registry=prometheus_client:REGISTRY",
    )
    text = requests.get(f"{running.url}/metrics", timeout=30)
    assert complaints(text.content) == []
    samples = samples_of(text.content)
    assert samples["written_one"] == 1
    assert samples["perf_process_groups"] >= 1
    assert samples[SUCCESS.format(name="registry")] == 1
    assert samples['perf_plugin_refused_families{collector="python:registry",reason="name"}'] == 6
    selected = requests.get(
        f"{running.url}/metrics",
        {"collect[]": "python:processes"},
        headers={"Accept": "application/openmetrics-text;version=1.0.0"},
        timeout=30,
    )
    families = {one.name: one for one in text_string_to_metric_families(selected.text)}
    assert families["namedprocess_namegroup_cpu_seconds"].type == "counter"
    assert "written_one" not in families
    answer = requests.get(f"{running.url}/metrics", {"collect[]": "python:none"}, timeout=30)
    assert (answer.status_code, answer.text) == (400, "missing collector: python:none\n")
    assert "process_cpu_seconds_total is left out" in running.log.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no_such_module:One"], "expected a module that Python can import"),
        (["exporter.flags:nothing"], "expected a name in the module exporter.flags"),
        (["exporter.flags:WEB"], "expected a collector or registry of prometheus_client"),
        (["nothing"], "(there are processes, sensors, users)"),
        (["a b"], "expected MODULE:NAME"),
        (["users", "users"], "expected each name once"),
    ],
)
def test_a_flag_that_names_no_collector_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        scraper_of(*(f"--collector.python={word}" for word in words))
    assert said in str(caught.value)


def test_a_folder_to_search_is_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--collector\.python\.path: expected a folder"):
        scraper_of(f"--collector.python.path={tmp_path / 'none'}", "--collector.python=users")


def test_a_flag_that_names_no_collector_ends_the_command() -> None:
    ended = run_exporter("--collector.python=no_such_module:One")
    assert ended.returncode == 2
    assert "--collector.python: expected a module that Python can import" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_plugin_whose_import_fails_costs_itself(
    start_exporter: StartExporter, folder: Path
) -> None:
    write(folder, "broken", "import no_such_module\n")
    write(folder, "leaves", "import sys\nsys.exit('bye')\n")
    running = start_exporter(
        "--collector.python=broken:One", "--collector.python=leaves:One", "--collector.timeout=20"
    )
    page = page_of(running)
    assert page[SUCCESS.format(name="broken:One")] == page[SUCCESS.format(name="leaves:One")] == 0
    assert page["node_load1"] >= 0
    log = running.log.read_text()
    assert "collector python:broken:One: ModuleNotFoundError: No module named 'no_such_mod" in log
    assert "collector python:leaves:One: SystemExit: bye" in log


def test_a_plugin_that_hangs_holds_one_thread_and_no_page(
    start_exporter: StartExporter, folder: Path
) -> None:
    go = folder / "go"
    write(folder, "hangs", WAITS.format(go=str(go)))
    running = start_exporter("--collector.python=hangs:Waits", "--collector.timeout=0.3")
    success = SUCCESS.format(name="hangs:Waits")
    page = page_of(running)
    assert (page[success], page["node_load1"] >= 0) == (0, True)
    held = threads_of(running)
    for _ in range(5):
        assert page_of(running)[success] == 0
    assert threads_of(running) <= held
    go.touch()
    assert page_when(running, lambda page: page[success] == 1)["written_waits"] == 1
    assert "left alone until it has" in running.log.read_text()


def test_a_plugin_whose_import_hangs_does_not_hold_the_start(
    start_exporter: StartExporter, folder: Path
) -> None:
    go = folder / "go"
    write(folder, "slow", WAITS.format(go=str(go)) + "wait()\n")
    running = start_exporter("--collector.python=slow:Waits", "--collector.timeout=0.3")
    success = SUCCESS.format(name="slow:Waits")
    for _ in range(3):
        assert page_of(running)[success] == 0
    assert "is still being imported" in running.log.read_text()
    go.touch()
    assert page_when(running, lambda page: page[success] == 1)["written_waits"] == 1


@pytest.mark.long
@pytest.mark.e2e
def test_a_prometheus_takes_what_plugins_show(
    start_exporter: StartExporter, folder: Path, prometheus: Prometheus
) -> None:
    write(folder, "mine", ONE)
    running = start_exporter(
        "--collector.python=mine:One",
        "--collector.python=processes",
        "--collector.python=prometheus_client:REGISTRY",
    )
    prometheus.configuration = (
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n"
        f"  - {{job_name: node, static_configs: [{{targets: ['127.0.0.1:{running.port}']}}]}}\n"
    )
    prometheus.start()
    wait_for(lambda: prometheus.now("written_one"))
    (target,) = prometheus.ask("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert set(prometheus.now("written_one").values()) == {1.0}
    assert prometheus.now(
        'sum by (instance) (namedprocess_namegroup_memory_bytes{memtype="resident"})'
    )
    (metadata,) = prometheus.ask("metadata", metric="namedprocess_namegroup_cpu_seconds").values()
    assert metadata[0]["type"] == "counter"
