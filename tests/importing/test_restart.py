"""Imports that are killed, and the same command again: nothing is lost, nothing comes twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import start_prometheus
from importing.backfilling import FOLDER
from perfanalysis.cli import run
from tests.conftest import REPOSITORY
from tests.importing import made
from tests.importing.conftest import CONFIGURATION, YEARS

pytestmark = pytest.mark.e2e

MEGABYTES = 16
CONTEXT_SWITCHES = "node_context_switches_total"


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "made.jsonl"
    # More than two hours, so that there is more than one block.
    assert made.write(path, MEGABYTES * 1_000_000) * made.STEP > 7200 + 600
    return path


def kill_when(seen: Path, pattern: str, *arguments: str | Path) -> bool:
    """Kill the command as soon as a file of that pattern is there; whether that came to pass."""
    command = [sys.executable, "-m", "perfanalysis", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        if any(seen.glob(pattern)):
            process.kill()
            break
        time.sleep(0.002)
    return process.wait() == -signal.SIGKILL


def blocks(data: Path) -> list[str]:
    return sorted(path.parent.name for path in data.glob("*/meta.json"))


def test_a_killed_output_leaves_no_file_and_starts_anew(capture: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.om"
    command = ("import", "capture", capture, "--machine=m", f"--output={output}")
    assert kill_when(tmp_path, ".out.om.import/lock", *command)
    assert not output.exists()
    assert run(list(map(str, command))) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.om"]
    lines = output.read_bytes().splitlines()
    values = [line for line in lines if line.startswith(CONTEXT_SWITCHES.encode())]
    assert len(values) == len(set(values)) == int(values[-1].split()[1]) + 1


@pytest.mark.parametrize("pattern", ["metrics-*.om", "blocks/*"])
def test_a_killed_backfill_gives_each_sample_once(
    capture: Path, tmp_path: Path, promtool_path: Path, pattern: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    command = ["import", "capture", str(capture), "--machine=m"]
    command += [f"--backfill={data}", f"--promtool={promtool_path}"]
    assert kill_when(data, f"{FOLDER}/*/{pattern}", *command)
    assert blocks(data) == []
    assert run(command) == 0
    found = blocks(data)
    assert len(found) >= 2
    assert run(command) == 0
    assert blocks(data) == found
    assert count_of_samples(data, tmp_path) == made_ticks(capture)


def test_blocks_that_were_not_yet_moved_are_moved(
    tmp_path: Path, promtool_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = tmp_path / "made.jsonl"
    made.write(capture, 100_000)
    data = tmp_path / "data"
    data.mkdir()
    command = ["import", "capture", str(capture), "--machine=m"]
    command += [f"--backfill={data}", f"--promtool={promtool_path}"]
    assert run(command) == 0
    # As a kill leaves it between the moves of two blocks.
    found = blocks(data)
    (work,) = (data / FOLDER).iterdir()
    (data / found[0]).rename(work / "blocks" / found[0])
    (work / "done").unlink()
    assert run(command) == 0
    assert "1 blocks of an interrupted import put in place" in capsys.readouterr().out
    assert blocks(data) == found
    assert run([*command, "--again"]) == 0
    assert len(blocks(data)) == 2 * len(found)


def made_ticks(capture: Path) -> int:
    with capture.open() as stream:
        return sum('"/proc/stat"' in line for line in stream)


def count_of_samples(data: Path, folder: Path) -> int:
    """How many samples Prometheus has of one series."""
    (folder / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(
        folder / "prometheus.yml", data, folder / "prometheus.log", retention=YEARS
    )
    try:
        return counted(url)
    finally:
        server.stop()


def counted(url: str) -> int:
    query = f'count_over_time({CONTEXT_SWITCHES}{{instance="m"}}[1w])'
    parameters: dict[str, str | int] = {"query": query, "time": made.BEGIN + 5 * 86400}
    answer = requests.get(f"{url}/api/v1/query", params=parameters, timeout=30)
    result = answer.json()["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(
        tmp_path / "prometheus.yml",
        tmp_path / "data",
        tmp_path / "prometheus.log",
        retention=YEARS,
    )
    yield url
    server.stop()


def test_a_killed_remote_write_goes_on(
    receiver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = tmp_path / "made.jsonl"
    ticks = made.write(capture, 2_000_000)
    command = ["import", "capture", str(capture), "--machine=m"]
    command += [f"--remote-write={receiver}/api/v1/write", f"--state-directory={tmp_path}/state"]
    assert kill_when(tmp_path / "state", "imports/*/taken.json", *command)
    before = counted(receiver)
    assert 0 < before < ticks
    assert run(command) == 0
    assert "requests that were taken already" in capsys.readouterr().err
    assert counted(receiver) == ticks
    assert run(command) == 0
    assert "has these files already" in capsys.readouterr().out


def test_a_receiver_that_refuses_or_is_not_there_ends_the_import(
    receiver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = tmp_path / "made.jsonl"
    made.write(capture, 10_000)
    command = ["import", "capture", str(capture), "--machine=m", f"--state-directory={tmp_path}/s"]
    assert run([*command, f"--remote-write={receiver}/no/such"]) == 1
    assert "does not take samples: status 404" in capsys.readouterr().err
    assert run([*command, "--remote-write=http://127.0.0.1:9/w", "--give-up=0"]) == 1
    assert "the same command goes on from here" in capsys.readouterr().err
