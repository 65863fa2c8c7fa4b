"""What docker-compose.yml mounts is there, and what it starts starts here as well."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import Server, free_port, prometheus_program, start_exporter, start_prometheus
from tests.conftest import REPOSITORY
from tests.prometheus.conftest import alertmanager  # noqa: F401 - a fixture

PERFANALYSIS = [sys.executable, "-m", "perfanalysis"]

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
# Made by the person who deploys.
MADE_LATER = {f"./secrets/{name}" for name in COMPOSE["secrets"]}
PROFILES = ("minimal", "full", "scale")
# What the reporter touches, and the alert watches.
MADE = "perfanalysis_report_daily.prom"


def mounts() -> list[tuple[str, str]]:
    return [
        (name, mount.split(":")[0])
        for name, service in SERVICES.items()
        for mount in service.get("volumes", ())
    ]


@pytest.mark.parametrize(("service", "source"), mounts())
def test_every_mounted_file_exists(service: str, source: str) -> None:
    del service
    if source.startswith((".", "/")):
        assert (REPOSITORY / source).exists()
    else:
        assert source in COMPOSE["volumes"]


def compose_go(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The specification's own reader, over a copy of the file beside made-up secrets."""
    found = sorted((REPOSITORY / ".tools" / "compose-go").glob("compose-go-*"))
    if not found:
        pytest.skip("no compose-go here: scripts/build-compose-go builds it where Go is present")
    return subprocess.run(
        [found[-1], *words, "docker-compose.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_specifications_reader_takes_it(tmp_path: Path) -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    (tmp_path / "docker-compose.yml").write_text(text)
    read = compose_go(tmp_path)
    assert (read.returncode, read.stderr) == (0, "")
    assert set(yaml.safe_load(read.stdout)["services"]) == set(SERVICES)
    (tmp_path / "docker-compose.yml").write_text(text.replace("mem_limit: 128m", "mem_limt: 128m"))
    refused = compose_go(tmp_path)
    assert refused.returncode != 0
    assert "mem_limt" in refused.stderr + refused.stdout


@pytest.mark.parametrize("name", list(SERVICES))
def test_a_service_is_limited_checked_and_private(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    # A quota would throttle what a load test measures.
    assert ("cpus" in service) == (name != "loadtest")
    # Those that end by themselves.
    if name in {"loadtest", "report"}:
        assert service["restart"] == "no"
    else:
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_has_one_that_answers_queries_and_waits_only_for_its_own(profile: str) -> None:
    running = {name: s for name, s in SERVICES.items() if profile in s["profiles"]}
    answering = [
        name
        for name, service in running.items()
        if "promql" in service.get("networks", {}).get("default", {}).get("aliases", ())
    ]
    assert len(answering) == 1
    for service in running.values():
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert other in running or how.get("required") is False
    assert {"exporter", "grafana"} <= set(running)
    assert ("reporter" in running) == ("alertmanager" in running) == (profile != "minimal")


def test_no_password_is_written_down() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    assert not re.search(r"(?i)password: *\S", text)
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == MADE_LATER
    for service in SERVICES.values():
        for secret in service.get("secrets", ()):
            name = secret if isinstance(secret, str) else secret["source"]
            assert name in COMPOSE["secrets"]


def test_alertmanager_gets_every_secret_that_its_configuration_names() -> None:
    text = (REPOSITORY / "prometheus" / "alertmanager.yml").read_text()
    named = set(re.findall(r"_file: (secrets/\S+)", text))
    assert named
    targets = {secret["target"] for secret in SERVICES["alertmanager"]["secrets"]}
    assert targets == {f"/etc/alertmanager/{name}" for name in named}


def test_the_host_is_mounted_read_only() -> None:
    for mount in SERVICES["exporter"]["volumes"]:
        assert mount.split(":")[2].startswith("ro")


def test_every_built_target_is_in_the_dockerfile_and_is_not_root() -> None:
    for service in SERVICES.values():
        if "build" in service:
            target = service["build"]["target"]
            stage = re.split(rf"^FROM .* AS {target}$", DOCKERFILE, flags=re.M)
            assert len(stage) == 2, target
    users = re.findall(r"^USER (\S+)", DOCKERFILE, flags=re.M)
    assert users[-1] == "65532:65532"


def test_hadolint_finds_nothing_wrong_with_the_dockerfile() -> None:
    program = shutil.which("hadolint") or REPOSITORY / ".tools" / "hadolint" / "bin" / "hadolint"
    if not Path(program).is_file():
        pytest.skip("no hadolint here: scripts/setup-tests brings it")
    linted = subprocess.run(
        [
            program,
            "--no-color",
            "--disable-ignore-pragma",
            "--ignore=DL3008",
            REPOSITORY / "Dockerfile",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_scaled_prometheus_differs_by_its_remote_write_only() -> None:
    folder = REPOSITORY / "prometheus"
    scaled = yaml.safe_load((folder / "prometheus-scale.yml").read_text())
    (write,) = scaled.pop("remote_write")
    assert scaled == yaml.safe_load((folder / "prometheus.yml").read_text())
    assert write["url"].startswith("http://victoriametrics:9090/")
    assert "-httpListenAddr=:9090" in SERVICES["victoriametrics"]["command"]


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
