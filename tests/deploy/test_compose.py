"""What docker-compose.yml mounts is there, and its services are limited, checked and private."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.fast_yaml import load_fast
from reporter.settings.sources import from_environment
from tests.conftest import REPOSITORY

COMPOSE: dict[str, Any] = load_fast((REPOSITORY / "docker-compose.yml").read_text())
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


def compose(
    folder: Path, *words: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Docker Compose itself, in a folder that has the file."""
    found = sorted((REPOSITORY / ".tools" / "docker-compose").glob("docker-compose-*"))
    if not found:
        pytest.skip("no Docker Compose here: scripts/build-docker-compose builds it with Go")
    return subprocess.run(
        [found[-1], *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("profile", [*PROFILES, "loadtest", "report"])
def test_docker_compose_starts_what_the_profile_names(tmp_path: Path, profile: str) -> None:
    shutil.copy(REPOSITORY / "docker-compose.yml", tmp_path)
    read = compose(tmp_path, "--profile", profile, "config")
    assert (read.returncode, read.stderr) == (0, "")
    expected = {name for name, service in SERVICES.items() if profile in service["profiles"]}
    assert set(load_fast(read.stdout)["services"]) == expected


def test_docker_compose_refuses_a_word_that_it_does_not_know(tmp_path: Path) -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    (tmp_path / "docker-compose.yml").write_text(text.replace("mem_limit: 128m", "mem_limt: 128m"))
    refused = compose(tmp_path, "--profile", "minimal", "config")
    assert refused.returncode != 0
    assert "mem_limt" in refused.stderr


def test_settings_of_reports_come_from_the_shell_from_env_and_from_the_pages_override(
    tmp_path: Path,
) -> None:
    shutil.copy(REPOSITORY / "docker-compose.yml", tmp_path)
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    (override,) = re.findall(r"^  ```yaml\n(.*?)^  ```$", page, flags=re.M | re.S)
    (tmp_path / "docker-compose.override.yml").write_text(textwrap.dedent(override))
    (tmp_path / ".env").write_text("REPORT_AT=06:15\nPERFANALYSIS_REPORT_TITLE=of .env\n")
    given = {"PERFANALYSIS_REPORT_MACHINES": "a,b"}
    read = compose(tmp_path, "--profile", "full", "config", environment=given)
    assert (read.returncode, read.stderr) == (0, "")
    reporter = load_fast(read.stdout)["services"]["reporter"]
    environment = {k: v for k, v in reporter["environment"].items() if v is not None}
    assert environment["REPORT_AT"] == "06:15"
    assert from_environment(environment) == {
        "prometheus": {"url": "http://promql:9090"},
        "title": "of .env",
        "machines": ["a", "b"],
        "deliver": [
            {
                "webhook": {
                    "url": "https://hooks.example.org/reports",
                    "key_file": "/run/secrets/hook_token",
                }
            }
        ],
    }
    assert [secret["source"] for secret in reporter["secrets"]] == ["hook_token"]


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
    if name in {"loadtest", "report", "portal-command", "portal-migrate"}:
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
    scaled = load_fast((folder / "prometheus-scale.yml").read_text())
    (write,) = scaled.pop("remote_write")
    assert scaled == load_fast((folder / "prometheus.yml").read_text())
    assert write["url"].startswith("http://victoriametrics:9090/")
    assert "-httpListenAddr=:9090" in SERVICES["victoriametrics"]["command"]
