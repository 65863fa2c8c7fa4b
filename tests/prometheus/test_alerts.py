"""Alerts: what each has to say, where it goes, and that it arrives."""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.servers import DemoServer, free_port, start_prometheus
from grafana.dashboards.counters import misused
from grafana.dashboards.expressions import RULES, known_metrics, rules_in, type_of
from grafana.dashboards.promql import faults
from perfanalysis.fast_yaml import load_fast
from prometheus.generator.settings import read_settings
from tests.conftest import REPOSITORY
from tests.prometheus.conftest import PROMETHEUS, Run
from tests.prometheus.receiving import Inbox, quick_alertmanager, start_alertmanager

ALERTS = [rule for rule in rules_in(RULES) if "alert" in rule]
KNOWN = known_metrics()
NAMES = [rule["alert"] for rule in ALERTS]
TIERS = {"machine", "container", "measurement", "quality", "stack"}
RUNBOOKS = REPOSITORY / "docs" / "runbooks"
SETTINGS = read_settings(REPOSITORY)
SHORT = {"for": "1s", "keep_firing_for": "1s"}


def test_no_two_alerts_have_one_name() -> None:
    assert len(set(NAMES)) == len(NAMES) > 30


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_an_alert_says_all_that_its_reader_needs(rule: dict[str, Any]) -> None:
    name, labels, annotations = rule["alert"], rule["labels"], rule["annotations"]
    assert labels["tier"] in TIERS
    assert labels["severity"] in {"critical", "warning", "info"} or name == "PerfAnalysisWatchdog"
    assert set(annotations) == {"summary", "description", "dashboard", "runbook"}
    assert annotations["dashboard"].startswith(f"{SETTINGS.dashboards}/d/perfanalysis-")
    assert annotations["runbook"] == f"docs/runbooks/{name}.md"
    runbook = (RUNBOOKS / f"{name}.md").read_text()
    assert runbook.startswith(f"# {name}\n")
    # Both times are argued there, as they are in the rule.
    waits = runbook.split("## Why it waits\n")[1].replace("\n", " ")
    fires = f"fires after {rule['for']}." if "for" in rule else "fires at once."
    assert fires in waits
    kept = f"kept for {rule['keep_firing_for']}" if "keep_firing_for" in rule else "ends with its"
    assert kept in waits


@pytest.mark.parametrize("name", NAMES)
def test_a_runbook_has_a_query_that_tells_more(name: str) -> None:
    section = (RUNBOOKS / f"{name}.md").read_text().split("## What to look at\n")[1]
    queries = re.findall(r"^- in Prometheus: `(.+)`$", section.split("\n## ")[0], re.MULTILINE)
    assert len(queries) == 1
    assert faults(queries[0], KNOWN) == []
    assert misused(queries[0], type_of) == []


def test_there_is_no_runbook_without_its_alert() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == set(NAMES)
    index = (RUNBOOKS / "README.md").read_text()
    listed = re.findall(r"^\| \[(\w+)\]\(\1\.md\)", index, re.MULTILINE)
    assert sorted(listed) == sorted(NAMES)


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=PerfAnalysisWatchdog severity=none tier=stack", "heartbeat"),
        ("severity=critical tier=stack", "platform-on-call"),
        ("severity=warning tier=stack", "team"),
        ("severity=critical tier=machine", "on-call"),
        ("severity=warning tier=machine", "team"),
        ("severity=critical tier=container", "on-call"),
        ("severity=warning tier=container", "team"),
        ("severity=warning tier=measurement", "measurements"),
        ("severity=info tier=measurement", "digest"),
        ("severity=critical tier=quality", "on-call"),
        ("severity=warning tier=quality", "team"),
        ("severity=info tier=quality", "digest"),
    ],
)
def test_routes(amtool: Run, labels: str, receiver: str) -> None:
    config = f"--config.file={PROMETHEUS / 'alertmanager.yml'}"
    verdict = f"--verify.receivers={receiver}"
    tested = amtool("config", "routes", "test", config, verdict, *labels.split())
    assert tested.returncode == 0, tested.stdout


def test_each_severity_and_tier_that_alerts_have_is_routed_by_a_test() -> None:
    """The table above has a row for each pair that occurs."""
    pairs = {(rule["labels"]["severity"], rule["labels"]["tier"]) for rule in ALERTS}
    marks = [m for m in test_routes.pytestmark if m.name == "parametrize"]
    rows = [dict(word.split("=") for word in labels.split()) for labels, _ in marks[0].args[1]]
    assert pairs <= {(row["severity"], row["tier"]) for row in rows}


def test_no_secret_is_written_down() -> None:
    text = (PROMETHEUS / "alertmanager.yml").read_text()
    secrets = re.findall(r"^\s*-? ?(\w*(?:api_url|key|password|credentials|token)\w*):", text, re.M)
    assert len(secrets) >= 4
    assert all(key.endswith("_file") for key in secrets)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    server = Inbox()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def quick_rules(folder: Path) -> None:
    """Shorten the waits of the copied rules; expressions, labels and texts stay as they are."""
    for path in (folder / "rules").glob("*.yml"):
        content = load_fast(path.read_bytes())
        for group in content["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                rule.update({key: SHORT[key] for key in SHORT if key in rule})
        path.write_text(yaml.safe_dump(content))


def wait_for(inbox: Inbox, status: str) -> dict[str, Any]:
    """The first message of MachineNotScraped in a status."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for message in inbox.messages:
            if (message["status"], message["groupLabels"].get("alertname")) == (
                status,
                "MachineNotScraped",
            ):
                return message
        time.sleep(0.2)
    raise AssertionError(f"no message {status}: {inbox.messages}")


@pytest.mark.e2e
def test_an_alert_fires_reaches_its_receiver_and_resolves(
    alertmanager: list[str], tmp_path: Path, inbox: Inbox
) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(PROMETHEUS, folder)
    quick_rules(folder)
    quick_alertmanager(folder, f"http://127.0.0.1:{inbox.server_port}")
    config = folder / "prometheus.yml"
    often = config.read_text().replace("scrape_interval: 15s", "scrape_interval: 1s")
    config.write_text(often.replace("scrape_timeout: 10s", "scrape_timeout: 1s"))
    machine, manager = free_port(), free_port()
    targets = [{"targets": [f"127.0.0.1:{machine}"], "labels": {"instance": "web-1"}}]
    (folder / "targets" / "web.yml").write_text(yaml.safe_dump(targets))
    managers = [{"targets": [f"127.0.0.1:{manager}"]}]
    (folder / "targets" / "alertmanager" / "local.yml").write_text(yaml.safe_dump(managers))
    servers = [start_alertmanager(alertmanager, folder, manager)]
    try:
        servers.append(start_prometheus(config, tmp_path / "data", tmp_path / "log")[0])
        fired = wait_for(inbox, "firing")
        assert fired["receiver"] == "on-call"
        assert fired["commonLabels"]["instance"] == "web-1"
        assert fired["commonAnnotations"]["summary"] == "web-1 is not scraped"
        assert fired["externalURL"]
        listen = f"--web.listen-address=127.0.0.1:{machine}"
        exporter = [sys.executable, "-m", "perfanalysis", "exporter", listen]
        servers.append(DemoServer("exporter", exporter, tmp_path / "exporter.log", outlives=False))
        wait_for(inbox, "resolved")
    finally:
        for server in reversed(servers):
            server.stop()
