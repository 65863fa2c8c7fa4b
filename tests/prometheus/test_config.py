"""The configuration files, by Prometheus's and Alertmanager's own checkers."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
import requests
import yaml

from demo.servers import free_port, start_prometheus
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.prometheus.conftest import PROMETHEUS, Run

GROUPS = {
    group["name"]
    for path in (PROMETHEUS / "rules").glob("*.yml")
    for group in load_fast(path.read_bytes())["groups"]
}


def test_check_config(promtool: Run) -> None:
    checked = promtool("check", "config", PROMETHEUS / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout
    assert "FAILED" not in checked.stdout


def test_the_newest_prometheus_takes_both_configurations(newest_promtool: Run) -> None:
    for name in ("prometheus.yml", "prometheus-scale.yml"):
        checked = newest_promtool("check", "config", PROMETHEUS / name)
        assert checked.returncode == 0, checked.stdout


def test_check_config_refuses_a_broken_one(promtool: Run, tmp_path: Path) -> None:
    text = (PROMETHEUS / "prometheus.yml").read_text().replace("scrape_interval", "scrape_often")
    (tmp_path / "prometheus.yml").write_text(text)
    assert promtool("check", "config", tmp_path / "prometheus.yml").returncode != 0


def test_nothing_is_scraped_at_an_address_that_only_some_installations_have() -> None:
    config = load_fast((PROMETHEUS / "prometheus.yml").read_bytes())
    discovering = [*config["scrape_configs"], *config["alerting"]["alertmanagers"]]
    assert discovering
    assert not any("static_configs" in entry for entry in discovering)


def test_every_targets_folder_has_an_example_that_loads(promtool: Run, tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(PROMETHEUS, folder)
    examples = list(folder.glob("targets/**/example.yml.disabled"))
    assert len(examples) == 3
    for example in examples:
        example.rename(example.with_suffix(""))
    checked = promtool("check", "config", folder / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout
    assert "does not exist" not in checked.stdout


def test_alertmanager_config(amtool: Run) -> None:
    checked = amtool("check-config", PROMETHEUS / "alertmanager.yml")
    assert checked.returncode == 0, checked.stdout
    assert "10 inhibit rules" in checked.stdout
    assert "1 templates" in checked.stdout


@pytest.mark.e2e
def test_a_copied_folder_runs_on_any_port_with_no_target_down(tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(PROMETHEUS, folder)
    port = free_port()
    itself = [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": "prometheus"}}]
    server, url = start_prometheus(
        folder / "prometheus.yml", tmp_path / "data", tmp_path / "log", port=port
    )
    try:
        targets = requests.get(f"{url}/api/v1/targets", timeout=10).json()["data"]
        assert targets["activeTargets"] == []
        groups = requests.get(f"{url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        assert {group["name"] for group in groups} == GROUPS
        (folder / "targets" / "prometheus" / "itself.yml").write_text(yaml.safe_dump(itself))
        deadline = time.monotonic() + 60
        while not (active := _active(url)) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert [target["labels"] for target in active] == [
            {"instance": "prometheus", "job": "prometheus"}
        ]
    finally:
        server.stop()


def _active(url: str) -> list[dict[str, dict[str, str]]]:
    answer = requests.get(f"{url}/api/v1/targets", timeout=10).json()
    active: list[dict[str, dict[str, str]]] = answer["data"]["activeTargets"]
    return active


def test_grafana_knows_how_often_machines_are_scraped() -> None:
    """The windows of the dashboards' rates follow it: a shorter one would hold too few samples."""
    scraped = load_fast((PROMETHEUS / "prometheus.yml").read_bytes())["global"]
    source = REPOSITORY / "grafana/provisioning/datasources/prometheus.yml"
    (datasource,) = load_fast(source.read_bytes())["datasources"]
    assert datasource["jsonData"]["timeInterval"] == scraped["scrape_interval"]
