"""The cloud's identity on the real page: in the background, overridden, wrong, off."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from exporter.collectors.machine.cloud import CLOUD, ENDPOINT, RETRY_SECONDS, CloudInBackground
from perfanalysis.machines.identity import Identity
from tests.exporter.conftest import Running, StartExporter, run_exporter
from tests.perfanalysis.machines.cloud import services
from tests.perfanalysis.machines.cloud.services import Asked, Given, serving
from tests.perfanalysis.machines.cloud.test_discovery import FIRMWARE, TOLD, sysfs_of

LABEL = re.compile(r'(\w+)="([^"]*)"')
SHOWN = ("provider", "region", "zone", "instance_type")


def labels_of(running: Running) -> dict[str, str]:
    page = requests.get(f"{running.url}/metrics", params={"collect[]": "machine"}, timeout=10).text
    found = {}
    for line in page.splitlines():
        if line.startswith("perf_machine_"):
            found |= LABEL.findall(line)
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def labels_when(running: Running, name: str, value: str) -> dict[str, str]:
    """The labels as soon as one of them has that value."""
    end = time.monotonic() + 20
    while (labels := labels_of(running)).get(name) != value:
        assert time.monotonic() < end, labels
        time.sleep(0.02)
    return labels


def test_the_page_has_the_identity_that_the_cloud_tells(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    sysfs = sysfs_of(tmp_path / "sys", FIRMWARE["gcp"])
    with serving(services.gcp) as service:
        running = start_exporter(f"--path.sysfs={sysfs}", f"--machine.cloud.endpoint={service.url}")
        labels = labels_when(running, "region", "europe-west3")
    assert {name: labels[name] for name in SHOWN} == {
        "provider": "gcp",
        "region": "europe-west3",
        "zone": "europe-west3-b",
        "instance_type": "c3-standard-8",
    }
    assert labels["purchase"] == "on_demand"
    assert running.log.read_text().count("cloud identity: gcp europe-west3") == 1
    # Asked once, at start; scrapes ask nobody.
    assert len(service.asked) == 4


def test_flags_win_over_the_cloud(start_exporter: StartExporter) -> None:
    with serving(services.oci) as service:
        endpoint = f"--machine.cloud.endpoint={service.url}"
        running = start_exporter("--machine.cloud=oci", endpoint, "--machine.zone=mine")
        labels = labels_when(running, "region", "eu-frankfurt-1")
        assert labels["zone"] == "mine"
        elsewhere = start_exporter("--machine.cloud=oci", endpoint, "--machine.provider=aws")
        wait_until(lambda: "cloud identity: oci" in elsewhere.log.read_text())
        assert {name: labels_of(elsewhere)[name] for name in SHOWN} == {
            "provider": "aws",
            "region": "",
            "zone": "",
            "instance_type": "",
        }


def test_a_service_that_never_answers_delays_nothing(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    held = threading.Event()

    def hang(_: Asked) -> Given:
        held.wait(30)
        return Given(b"")

    sysfs = sysfs_of(tmp_path / "sys", FIRMWARE["aws"])
    with serving(hang) as service:
        running = start_exporter(f"--path.sysfs={sysfs}", f"--machine.cloud.endpoint={service.url}")
        # Served while the question is open: what the firmware tells is there from the start.
        assert {name: labels_of(running)[name] for name in SHOWN} == {
            "provider": "aws",
            "region": "",
            "zone": "",
            "instance_type": "m7i.xlarge",
        }
        assert "cloud identity" not in running.log.read_text()
        wait_until(lambda: "cloud identity incomplete: aws" in running.log.read_text())
        held.set()
    assert running.log.read_text().count("cloud identity") == 1


def test_without_a_hint_or_when_off_nobody_is_asked(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    sysfs = sysfs_of(tmp_path / "sys", FIRMWARE["aws"])
    bare = sysfs_of(tmp_path / "bare", {"sys_vendor": "QEMU"})
    with serving(services.aws) as service:
        endpoint = f"--machine.cloud.endpoint={service.url}"
        off = start_exporter(f"--path.sysfs={sysfs}", endpoint, "--machine.cloud=off")
        unhinted = start_exporter(f"--path.sysfs={bare}", endpoint)
        for running in (off, unhinted):
            assert [labels_of(running)[name] for name in SHOWN] == [""] * 4
    assert service.asked == []


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--machine.cloud=ec2", "--machine.cloud: expected one of auto, off, aws"),
        ("--machine.cloud.endpoint=169.254.169.254", "--machine.cloud.endpoint: expected an abs"),
    ],
)
def test_wrong_flags(argument: str, said: str) -> None:
    ended = run_exporter(argument)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
    assert said in ended.stderr


def test_a_refresh_keeps_what_was_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("exporter.collectors.machine.cloud.monotonic", lambda: clock[0])
    with serving(lambda _: Given(b"", 503)) as service:
        cloud = CloudInBackground(
            tmp_path, {CLOUD.variable: "azure", ENDPOINT.variable: service.url}
        )
        wait_until(lambda: len(caplog.records) == 1)
        assert cloud.identity() == Identity(provider="azure")
        assert len(service.asked) == 1
        # It tries again soon, and says the same thing only once.
        for tries in (2, 3):
            clock[0] += RETRY_SECONDS
            cloud.identity()
            wait_until(lambda tries=tries: len(service.asked) == tries)
            wait_until(lambda: "cloud" not in names())
        assert len(caplog.records) == 1
        service.answering = services.azure
        clock[0] += RETRY_SECONDS
        wait_until(lambda: cloud.identity() == TOLD["azure"])
        wait_until(lambda: "cloud" not in names())
        asked = len(service.asked)
        clock[0] += RETRY_SECONDS
        assert cloud.identity() == TOLD["azure"]
        assert len(service.asked) == asked
        service.answering = lambda _: Given(b"", 500)
        clock[0] += 3600
        cloud.identity()
        wait_until(lambda: len(service.asked) == asked + 1)
        wait_until(lambda: "cloud" not in names())
        assert cloud.identity() == TOLD["azure"]


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}
