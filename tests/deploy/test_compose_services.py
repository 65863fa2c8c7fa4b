"""What docker-compose.yml starts starts here as well, outside of a container."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port, prometheus_program, start_exporter, start_prometheus
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.test_compose import MADE, SERVICES
from tests.prometheus.conftest import alertmanager  # noqa: F401 - a fixture

PERFANALYSIS = [sys.executable, "-m", "perfanalysis"]


def here(words: list[str], folder: Path) -> list[str]:
    """A service's words outside of a container: its folders in this one, the host's as they are."""
    return [
        word.replace("/host/root", "/")
        .replace("/host", "")
        .replace("/var/lib/perfanalysis", str(folder))
        for word in words
    ]


def answer(url: str) -> requests.Response | None:
    """What a server says at an address; nothing while it does not listen."""
    try:
        return requests.get(url, timeout=5)
    except requests.RequestException:
        return None


def configured(name: str, folder: Path, exporter: str, machine: str) -> dict[str, Any]:
    """A Prometheus configuration of this repository, for an exporter here, scraped each second."""
    configuration: dict[str, Any] = load_fast((REPOSITORY / "prometheus" / name).read_text())
    configuration["rule_files"] = [str(REPOSITORY / "prometheus" / "rules" / "*.yml")]
    configuration["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    target = {"targets": [exporter.removeprefix("http://")], "labels": {"instance": machine}}
    (folder / "targets").mkdir()
    (folder / "targets" / "one.yml").write_text(yaml.safe_dump([target]))
    return configuration


def prometheus_in(
    stack: ExitStack, folder: Path, configuration: dict[str, Any]
) -> tuple[DemoServer, str]:
    """Prometheus with this configuration, until the stack is left."""
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    server, url = start_prometheus(
        folder / "prometheus.yml", folder / "data", folder / "prometheus.log"
    )
    stack.callback(server.stop)
    return server, url


@pytest.mark.e2e
def test_the_exporters_command_runs_here_and_shows_what_the_others_write(tmp_path: Path) -> None:
    for name in ("state", "textfile", "reports"):
        (tmp_path / name).mkdir()
    program, *words = here(SERVICES["exporter"]["command"], tmp_path)
    assert program == "exporter"
    words = [word for word in words if not word.startswith("--web.listen-address")]
    command, *load = here(SERVICES["loadtest"]["command"], tmp_path)
    measured = subprocess.run(
        [
            *PERFANALYSIS,
            command,
            *load,
            "--force",
            "--wait=200",
            "--quiet",
            "--seconds-per-level=0.3",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert measured.returncode == 0, measured.stderr
    with ExitStack() as stack:
        server, url = start_exporter(words, tmp_path / "log", perfanalysis=PERFANALYSIS)
        stack.callback(server.stop)
        configuration = configured("prometheus.yml", tmp_path, url, "docker-host")
        prometheus, promql = prometheus_in(stack, tmp_path, configuration)

        def seen(query: str) -> bool:
            answer = requests.get(f"{promql}/api/v1/query", params={"query": query}, timeout=10)
            return bool(answer.json()["data"]["result"])

        prometheus.wait_until(
            lambda: seen("perf_loadtest_max_units_per_second"), "the load test's result", 60
        )
        (tmp_path / "textfile" / MADE).write_text("# The last report was written.\n")
        prometheus.wait_until(
            lambda: seen(f'node_textfile_mtime_seconds{{file=~".*{MADE}"}}'),
            "the time of the report",
            60,
        )


@pytest.mark.e2e
@pytest.mark.parametrize("name", ["prometheus", "prometheus-full", "prometheus-scale"])
def test_prometheus_reads_what_is_mounted(name: str, tmp_path: Path) -> None:
    for mount in SERVICES[name]["volumes"]:
        source, target = mount.split(":")[:2]
        if source.startswith("."):
            place = tmp_path / Path(target).relative_to("/etc/prometheus")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((REPOSITORY / source).resolve())
    (given,) = [w for w in SERVICES[name]["command"] if w.startswith("--config.file=")]
    promtool = prometheus_program("promtool")
    done = subprocess.run(
        [promtool, "check", "config", tmp_path / Path(given).name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.e2e
def test_alertmanagers_command_runs_here(
    tmp_path: Path,
    alertmanager: list[str],  # noqa: F811 - the fixture
) -> None:
    port = free_port()
    (tmp_path / "secrets").mkdir()
    for secret in SERVICES["alertmanager"]["secrets"]:
        (tmp_path / "secrets" / secret["source"]).write_text("x")
    for mount in SERVICES["alertmanager"]["volumes"][:2]:
        source, target = mount.split(":")[:2]
        (tmp_path / Path(target).name).symlink_to((REPOSITORY / source).resolve())
    words = [
        word.replace("/etc/alertmanager", str(tmp_path)).replace(
            "=/alertmanager", f"={tmp_path}/data"
        )
        for word in SERVICES["alertmanager"]["command"]
    ]
    words.append(f"--web.listen-address=127.0.0.1:{port}")
    server = DemoServer("Alertmanager", [*alertmanager, *words], tmp_path / "log", outlives=False)
    try:
        url = f"http://127.0.0.1:{port}/-/ready"
        server.wait_until(lambda: bool((got := answer(url)) and got.ok), "readiness", 30)
    finally:
        server.stop()


def start_victoriametrics(stack: ExitStack, folder: Path) -> str:
    """VictoriaMetrics by the service's words, healthy, until the stack is left: its address."""
    found = sorted((REPOSITORY / ".tools" / "victoria-metrics-built").glob("victoria-metrics-*"))
    if not found:
        pytest.skip("no VictoriaMetrics here: scripts/build-victoria-metrics builds it with Go")
    store = f"127.0.0.1:{free_port()}"
    words = [
        word.replace(":9090", store).replace("=/victoria-metrics-data", f"={folder}/store")
        for word in SERVICES["victoriametrics"]["command"]
    ]
    health = SERVICES["victoriametrics"]["healthcheck"]["test"][-1].rsplit("/", 1)[-1]
    server = DemoServer("VictoriaMetrics", [str(found[-1]), *words], folder / "log", outlives=False)
    stack.callback(server.stop)
    server.wait_until(
        lambda: bool((got := answer(f"http://{store}/{health}")) and got.ok), "health", 30
    )
    return store


@pytest.mark.e2e
def test_victoriametrics_command_runs_here_and_answers_what_prometheus_sends(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        store = start_victoriametrics(stack, tmp_path)

        def arrived() -> bool:
            # It hides the last 30 seconds unless told otherwise.
            query = 'node_load1{instance="a",cluster="default"}'
            got = answer(f"http://{store}/api/v1/query?latency_offset=1s&query={query}")
            return bool(got and got.ok and got.json()["data"]["result"])

        exporter, url = start_exporter([], tmp_path / "exporter.log", perfanalysis=PERFANALYSIS)
        stack.callback(exporter.stop)
        configuration = configured("prometheus-scale.yml", tmp_path, url, "a")
        write = configuration["remote_write"][0]
        write["url"] = write["url"].replace("victoriametrics:9090", store)
        prometheus, _ = prometheus_in(stack, tmp_path, configuration)
        prometheus.wait_until(arrived, "samples in VictoriaMetrics", 90)
