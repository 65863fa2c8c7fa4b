"""How a demonstration ends: its servers stay or go, as asked for or not, and nothing else is left.

Nobody looks at what its load tests reached.
"""

from __future__ import annotations

import re
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest
import requests

from demo.kept import FILE as KEPT
from perfanalysis.machines.inventory import read_inventory
from tests.conftest import REPOSITORY
from tests.e2e.demonstration import SHORT, demo, finish, left_running

pytestmark = pytest.mark.e2e

INVENTORY = read_inventory(REPOSITORY / "demo" / "inventory.yaml")


def test_keep_leaves_the_servers_up_and_stop_ends_them(tmp_path: Path) -> None:
    status, text = finish(demo(tmp_path, "--keep", *SHORT))
    try:
        assert status == 0, text
        match = re.search(r"Prometheus (http://\S+)", text)
        assert match, text
        query = {"query": "count(perf_machine_info)"}
        answer = requests.get(f"{match[1]}/api/v1/query", params=query, timeout=10).json()
        assert answer["data"]["result"][0]["value"][1] == str(len(INVENTORY.machines))
        for address in re.findall(r"(http://\S+/metrics)", text):
            assert "node_cpu_seconds_total{" in requests.get(address, timeout=10).text
    finally:
        status, text = finish(demo(tmp_path, "--stop"))
    assert (status, text) == (0, f"stopped {len(INVENTORY.machines) + 1} servers\n")
    assert left_running(tmp_path) == []
    assert not (tmp_path / "demo" / KEPT).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    process = demo(tmp_path)
    assert process.stdout
    for line in process.stdout:
        if "load test of" in line:
            break
    time.sleep(1)
    process.send_signal(number)
    status, text = finish(process)
    assert status == 130
    assert "interrupted" in text
    assert "Traceback" not in text
    assert left_running(tmp_path) == []
    assert not (tmp_path / "report.pdf").exists()


def test_a_prometheus_that_dies_ends_the_run_with_one_line(tmp_path: Path) -> None:
    process = demo(tmp_path)
    assert process.stdout
    for line in process.stdout:
        if "load test of" in line:
            break
    for candidate in psutil.process_iter(["name", "cmdline"]):
        words = " ".join(candidate.info["cmdline"] or [])
        if candidate.info["name"] == "prometheus" and str(tmp_path) in words:
            candidate.kill()
    status, text = finish(process)
    assert status == 1
    assert re.search(r"^demo: error: Prometheus ended by signal 9", text, re.MULTILINE)
    assert "Traceback" not in text
    assert left_running(tmp_path) == []


def test_a_taken_port_ends_the_run_with_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, text = finish(demo(tmp_path, "--port", str(taken.getsockname()[1])))
    assert status == 1
    assert re.search(r"^demo: error: Prometheus ended .*address already in use", text, re.M)
    assert "Traceback" not in text
    assert left_running(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--inventory", "/nonexistent.yaml"], "/nonexistent.yaml"),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_usage_exits_2(tmp_path: Path, words: list[str], message: str) -> None:
    status, text = finish(demo(tmp_path, *words))
    assert status == 2
    assert message in text
