"""What docker-compose.yml starts starts here as well, outside of a container."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml

from demo.servers import Server, free_port, prometheus_program, start_exporter, start_prometheus
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


@pytest.mark.e2e
def test_the_exporters_command_runs_here_and_shows_what_the_others_write(tmp_path: Path) -> None:
    for name in ("state", "textfile", "reports"):
        (tmp_path / name).mkdir()
    program, *words = here(SERVICES["exporter"]["command"], tmp_path)
    assert program == "exporter"
    words = [word for word in words if not word.startswith("--web.listen-address")]
    command, *load = here(SERVICES["loadtest"]["command"], tmp_path)
    measured = subprocess.run(
        [*PERFANALYSIS, command, *load, "--force", "--quiet", "--seconds-per-level=0.3"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert measured.returncode == 0, measured.stderr
    server, url = start_exporter(words, tmp_path / "log", perfanalysis=PERFANALYSIS)
    try:
        configuration = yaml.safe_load((REPOSITORY / "prometheus" / "prometheus.yml").read_text())
        configuration |= {"rule_files": [str(REPOSITORY / "prometheus" / "rules" / "*.yml")]}
        target = {"targets": [url.removeprefix("http://")], "labels": {"instance": "docker-host"}}
        (tmp_path / "targets").mkdir()
        (tmp_path / "targets" / "one.yml").write_text(yaml.safe_dump([target]))
        configuration["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        prometheus, promql = start_prometheus(
            tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "prometheus.log"
        )
        try:

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
        finally:
            prometheus.stop()
    finally:
        server.stop()


@pytest.mark.e2e
@pytest.mark.parametrize("name", ["prometheus", "prometheus-full", "prometheus-scale"])
def test_prometheus_reads_what_is_mounted(name: str, tmp_path: Path) -> None:
    for mount in SERVICES[name]["volumes"]:
        source, target = mount.split(":")[:2]
        if source.startswith("."):
            place = tmp_path / Path(target).relative_to("/etc/prometheus")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((REPOSITORY / source).resolve())
    (configured,) = [w for w in SERVICES[name]["command"] if w.startswith("--config.file=")]
    promtool = prometheus_program("promtool")
    done = subprocess.run(
        [promtool, "check", "config", tmp_path / Path(configured).name],
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
    server = Server("Alertmanager", [*alertmanager, *words], tmp_path / "log", outlives=False)
    try:

        def ready() -> bool:
            try:
                return requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).ok
            except requests.RequestException:
                return False

        server.wait_until(ready, "readiness", 30)
    finally:
        server.stop()


@pytest.mark.e2e
def test_victoriametrics_command_runs_here_and_answers_what_prometheus_sends(
    tmp_path: Path,
) -> None:
    found = sorted((REPOSITORY / ".tools" / "victoria-metrics-built").glob("victoria-metrics-*"))
    if not found:
        pytest.skip("no VictoriaMetrics here: scripts/build-victoria-metrics builds it with Go")
    store = f"127.0.0.1:{free_port()}"
    words = [
        word.replace(":9090", store).replace("=/victoria-metrics-data", f"={tmp_path}/store")
        for word in SERVICES["victoriametrics"]["command"]
    ]

    def answers(path: str) -> requests.Response | None:
        try:
            return requests.get(f"http://{store}{path}", timeout=5)
        except requests.RequestException:
            return None

    server = Server("VictoriaMetrics", [str(found[-1]), *words], tmp_path / "log", outlives=False)
    try:
        check = SERVICES["victoriametrics"]["healthcheck"]["test"][-1]
        health = "/" + check.rsplit("/", 1)[-1]
        server.wait_until(lambda: bool((got := answers(health)) and got.ok), "health", 30)
        exporter, url = start_exporter([], tmp_path / "exporter.log", perfanalysis=PERFANALYSIS)
        try:
            config = yaml.safe_load(
                (REPOSITORY / "prometheus" / "prometheus-scale.yml").read_text()
            )
            config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
            config["rule_files"] = [str(REPOSITORY / "prometheus" / "rules" / "*.yml")]
            write = config["remote_write"][0]
            write["url"] = write["url"].replace("victoriametrics:9090", store)
            target = {"targets": [url.removeprefix("http://")], "labels": {"instance": "a"}}
            (tmp_path / "targets").mkdir()
            (tmp_path / "targets" / "one.yml").write_text(yaml.safe_dump([target]))
            (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
            prometheus, _ = start_prometheus(
                tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "prometheus.log"
            )
            try:

                def arrived() -> bool:
                    # It hides the last 30 seconds unless told otherwise.
                    query = 'node_load1{instance="a",cluster="default"}'
                    got = answers(f"/api/v1/query?latency_offset=1s&query={query}")
                    return bool(got and got.ok and got.json()["data"]["result"])

                prometheus.wait_until(arrived, "samples in VictoriaMetrics", 90)
            finally:
                prometheus.stop()
        finally:
            exporter.stop()
    finally:
        server.stop()
