"""A real Alertmanager fires, a portal that runs pushes, and a browser's side reads it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from py_vapid import Vapid02

from demo.servers import free_port
from tests.portal.pushing.browsers import Subscribed
from tests.portal.running import Running, running
from tests.portal.scripted import Said, Scripted, scripted
from tests.prometheus.conftest import alertmanager_words
from tests.prometheus.receiving import start_alertmanager

pytestmark = pytest.mark.e2e
MOST_MEMORY_KIB = 150 << 10


@pytest.fixture
def service() -> Iterator[Scripted]:
    with scripted() as found:
        found.answers = [Said(201)]
        yield found


@pytest.fixture
def pushing_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(state))
    flags = ("--push-contact", "mailto:ops@example.org", "--push-anywhere")
    with running(tmp_path, f"sqlite:///{tmp_path}/portal.sqlite", *flags) as found:
        yield found


def wait_for(service: Scripted, requests_: int) -> None:
    until = time.monotonic() + 60
    while len(service.came) < requests_:
        assert time.monotonic() < until, "nothing was pushed"
        time.sleep(0.05)


def test_an_alert_arrives(pushing_portal: Running, service: Scripted, tmp_path: Path) -> None:
    portal = pushing_portal
    browser = Subscribed(f"{service.url}/push/secret-address")
    key = portal.ask("GET", "/api/v1/push/key").json()["public_key"]
    made = portal.ask("POST", "/api/v1/push/subscriptions", json=browser.json)
    assert made.status_code == 201
    (tmp_path / "key").write_text(portal.key)
    (tmp_path / "alertmanager.yml").write_text(
        f"""
route: {{receiver: browsers, group_by: [alertname], group_wait: 0s, group_interval: 1s}}
receivers:
  - name: browsers
    webhook_configs:
      - url: {portal.url}/api/v1/alerts
        http_config:
          authorization: {{type: Bearer, credentials_file: {tmp_path}/key}}
"""
    )
    port = free_port()
    alertmanager = start_alertmanager(alertmanager_words(), tmp_path, port)
    try:
        alert = {
            "labels": {"alertname": "HostDown", "instance": "web-1", "severity": "critical"},
            "annotations": {"summary": "web-1 does not answer"},
        }
        url = f"http://127.0.0.1:{port}/api/v2/alerts"
        assert requests.post(url, json=[alert], timeout=10).ok
        wait_for(service, 1)
    finally:
        alertmanager.stop()
    _, path, headers, body = service.came[0]
    said = browser.read(body)
    assert (said["title"], said["body"]) == ("Firing: HostDown", "web-1 does not answer")
    assert path == "/push/secret-address"
    assert headers["Authorization"].endswith(f"k={key}")
    assert Vapid02.verify(headers["Authorization"])
    metrics = requests.get(f"{portal.url}/metrics", timeout=10).text
    assert 'perf_portal_pushes_total{outcome="delivered"} 1.0' in metrics
    assert "perf_portal_pushes_waiting 0.0" in metrics
    assert "secret-address" not in portal.log
    assert browser.json["keys"]["auth"] not in portal.log
    assert (tmp_path / "state" / "push-key.pem").stat().st_mode & 0o777 == 0o600
    assert peak_memory_kib(portal) <= MOST_MEMORY_KIB

    # The browser has gone: its push service says so, and the portal forgets it.
    service.answers = [Said(410)]
    again = portal.ask("POST", f"/api/v1/push/subscriptions/{made.json()['id']}/try")
    assert again.status_code == 202
    until = time.monotonic() + 60
    while portal.ask("GET", "/api/v1/push/subscriptions").json()["subscriptions"]:
        assert time.monotonic() < until, "it is not forgotten"
        time.sleep(0.05)


def peak_memory_kib(portal: Running) -> int:
    status = Path(f"/proc/{portal.process.pid}/status").read_text()
    (found,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    print(f"peak of resident memory: {int(found) >> 10} MiB, {os.cpu_count()} CPUs")
    return int(found)
