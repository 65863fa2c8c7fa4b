"""What docker-compose.yml mounts is there, and what it starts starts here as well."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import prometheus_program, start_exporter
from tests.conftest import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
# Made by the person who deploys.
MADE_LATER = {"./secrets/grafana_admin_password"}


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


@pytest.mark.parametrize("name", list(SERVICES))
def test_a_service_is_limited_checked_and_private(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["healthcheck"]["test"]
    assert service["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_no_password_is_written_down() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    assert not re.search(r"(?i)password: *\S", text)
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == MADE_LATER


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


@pytest.mark.e2e
def test_the_exporters_command_runs_here(tmp_path: Path) -> None:
    words = re.search(r'^CMD \["exporter",([^\]]*)\]', DOCKERFILE, flags=re.M)
    assert words
    arguments = re.findall(r'"([^"]+)"', words[1])
    here = [
        word.replace("/host/root", "/").replace("/host", "")
        for word in arguments
        if not word.startswith("--web.listen-address")
    ]
    server, url = start_exporter(
        here, tmp_path / "log", perfanalysis=[sys.executable, "-m", "perfanalysis"]
    )
    try:
        assert "node_cpu_seconds_total{" in requests.get(f"{url}/metrics", timeout=10).text
        assert requests.get(f"{url}/healthz", timeout=10).ok
    finally:
        server.stop()


@pytest.mark.e2e
def test_prometheus_reads_what_is_mounted(tmp_path: Path) -> None:
    for mount in SERVICES["prometheus"]["volumes"]:
        source, target = mount.split(":")[:2]
        if source.startswith("."):
            place = tmp_path / Path(target).relative_to("/etc/prometheus")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((REPOSITORY / source).resolve())
    promtool = prometheus_program("promtool")
    done = subprocess.run(
        [promtool, "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
