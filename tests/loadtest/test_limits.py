"""`loadtest disk` and `loadtest network`: by the real fio and iperf3, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.servers import free_port
from loadtest.app import loadtest
from loadtest.limits import disk, network
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import limits
from tests.workload.candidates.documents import tree
from workload.candidates.reading import read
from workload.commands.type_facts import price_finder, read_types

NEEDS_FIO = pytest.mark.skipif(shutil.which("fio") is None, reason="no fio: scripts/setup-tests")
NEEDS_IPERF = pytest.mark.skipif(
    shutil.which("iperf3") is None, reason="no iperf3: scripts/setup-tests"
)


def run(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(loadtest, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@NEEDS_FIO
def test_a_disk(tmp_path: Path) -> None:
    folder = tmp_path / "a: folder"
    folder.mkdir()
    out, metrics = tmp_path / "disk.json", tmp_path / "disk.prom"
    words = ["disk", str(folder), "--seconds", "1", "--size", "16", "--machine", "m"]
    found = run(*words, "--output", str(out), "--metrics", str(metrics))
    assert found["tool"].startswith("fio-")
    assert found["machine"] == "m"
    details = found["details"]
    assert found["disk_bytes_per_second"] == min(
        details["read_bytes_per_second"], details["write_bytes_per_second"]
    )
    assert found["disk_operations_per_second"] > 0
    assert json.loads(out.read_text()) == found
    line = f"perf_limit_disk_bytes_per_second {found['disk_bytes_per_second']!r}"
    assert line in metrics.read_text().splitlines()
    assert list(folder.iterdir()) == []


@pytest.fixture
def server() -> Iterator[int]:
    """The port of an iperf3 of our own on the loopback."""
    port = free_port()
    words = ["iperf3", "--server", "--bind", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait()


@NEEDS_IPERF
def test_a_network(server: int) -> None:
    found = run("network", "127.0.0.1", "--port", str(server), "--seconds", "1")
    assert found["tool"].startswith("iperf-3") or found["tool"].startswith("iperf3")
    assert found["network_bytes_per_second"] == min(found["details"].values()) > 1e6


@NEEDS_IPERF
def test_a_peer_that_is_not_there() -> None:
    with pytest.raises(PerfAnalysisError, match=r"iperf3: failed: .*refused"):
        network.measured("127.0.0.1", free_port(), 1, "m")


def test_tools_that_are_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PerfAnalysisError, match="fio is not installed: apt-get install fio"):
        disk.measured(tmp_path, 1 << 20, 1, "m")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PerfAnalysisError, match="iperf3 is not installed: apt-get install iperf3"):
        network.measured("127.0.0.1", 1, 1, "m")


def test_too_little_room(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bytes free: the file and a reserve of 1 GiB"):
        disk.measured(tmp_path, 1 << 60, 1, "m")
    with pytest.raises(InputError, match="nowhere: expected a folder"):
        disk.measured(tmp_path / "nowhere", 1, 1, "m")


def test_what_fio_says() -> None:
    jobs: list[dict[str, Any]] = [
        {"jobname": "write_bytes", "error": 0, "write": {"bw_bytes": 5e7, "iops": 50.0}},
        {"jobname": "read_bytes", "error": 0, "read": {"bw_bytes": 9e7}},
        {"jobname": "write_operations", "error": 0, "write": {"iops": 800.5}},
        {"jobname": "read_operations", "error": 0, "read": {"iops": 3000}},
    ]
    found = disk.limits_of({"fio version": "fio-3.33", "jobs": jobs}, "m")
    assert (found.disk_bytes_per_second, found.disk_operations_per_second) == (5e7, 800.5)
    with pytest.raises(PerfAnalysisError, match="expected a rate of read_operations"):
        disk.limits_of({"jobs": jobs[:3]}, "m")
    jobs[0]["error"] = 22
    with pytest.raises(PerfAnalysisError, match=r"write_bytes failed .*O_DIRECT"):
        disk.limits_of({"jobs": jobs}, "m")


def test_what_iperf3_says() -> None:
    assert network.rate_of({"end": {"sum_received": {"bits_per_second": 8e9}}}) == 1e9
    with pytest.raises(PerfAnalysisError, match="expected a rate"):
        network.rate_of({"end": {}})


def test_limits_of_a_candidate(tmp_path: Path) -> None:
    made: tuple[tuple[str, dict[str, Any]], ...] = (
        ("disk", {"disk_bytes_per_second": 5e7, "disk_operations_per_second": 800.0}),
        ("network", {"network_bytes_per_second": 1e8}),
    )
    for name, more in made:
        document = limits.Limits(tool="t", timestamp_seconds=1.0, details={}, **more)
        (tmp_path / f"{name}.json").write_bytes(limits.as_json(document))
    (tmp_path / "r.json").write_text(json.dumps(tree("one", 100)))
    (tmp_path / "c.yaml").write_text(
        "candidates: [{name: one, results: r.json, limits: [disk.json, network.json],"
        " disk_operations_per_second: 900}]"
    )
    (one,) = read(tmp_path / "c.yaml", read_types, price_finder(None)).candidates
    assert (one.disk_bytes, one.disk_operations, one.network_bytes) == (5e7, 900, 1e8)
    (tmp_path / "disk.json").write_text(
        '{"tool": "t", "timestamp_seconds": 1, "details": {}, "x": 1}'
    )
    with pytest.raises(InputError, match="x: expected no such field"):
        read(tmp_path / "c.yaml", read_types, price_finder(None))
