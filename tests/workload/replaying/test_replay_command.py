"""`workload replay` as people run it: real CPU time, stops, what it leaves, what it refuses."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from loadtest import host_lock
from perfanalysis.results import replay_state
from workload.replaying.own_files import JOURNAL

pytest.importorskip("perfanalysis.recordings.reading")

CPU = str(min(os.sched_getaffinity(0)))
AT_ONCE = ["--literal", "--count", "own", "--cpus", CPU, "--progress", "none"]
# Other programs of this host may be at a load test.
OWN = [*AT_ONCE, "--wait", "200"]
BEGIN = 1_700_000_000


def write_recording(path: Path, busy: list[float], step: float = 1.0) -> Path:
    """One CPU, a tenth of whose busy time is in the kernel; memory, a disk and an interface."""
    families: dict[str, list[str]] = {}

    def add(name: str, labels: str, at: float, value: float) -> None:
        families.setdefault(name, []).append(f"{name}{labels} {value!r} {at:.3f}")

    sums = dict.fromkeys(("user", "system", "idle"), 0.0)
    for number in range(len(busy) + 1):
        at = BEGIN + number * step
        for mode, seconds in sums.items():
            add("node_cpu_seconds_total", f'{{cpu="0",mode="{mode}"}}', at, seconds)
        for name, value in (("MemTotal", 1e12), ("MemAvailable", 999e9), ("Cached", 1e9)):
            add(f"node_memory_{name}_bytes", "", at, value)
        for name, rate in (
            ("node_disk_read_bytes_total", 163840.0),
            ("node_disk_written_bytes_total", 163840.0),
            ("node_disk_reads_completed_total", 20.0),
            ("node_disk_writes_completed_total", 10.0),
        ):
            add(name, '{device="sda"}', at, rate * number * step)
        for name in ("receive", "transmit"):
            add(f"node_network_{name}_bytes_total", '{device="eth0"}', at, 1e5 * number * step)
        if number < len(busy):
            share = busy[number]
            for mode, part in (("user", 0.9 * share), ("system", share / 10), ("idle", 1 - share)):
                sums[mode] += part * step
    lines = []
    for name, samples in families.items():
        total = name.endswith("_total")
        lines.append(f"# TYPE {name.removesuffix('_total')} {'counter' if total else 'gauge'}")
        lines += samples
    path.write_text("\n".join([*lines, "# EOF", ""]))
    return path


def command(state: Path, *arguments: str) -> list[str]:
    start = [sys.executable, "-m", "perfanalysis", "workload", "replay"]
    return [*start, "--state-directory", str(state), *arguments]


def run(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(state, *arguments), capture_output=True, text=True, check=False)


@contextmanager
def running(state: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A replay that is in its ticks."""
    process = subprocess.Popen(
        command(state, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 60
        while not (state / "replay.json").exists() and time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def all_of_it(tmp_path: Path) -> list[str]:
    folder = tmp_path / "disk"
    folder.mkdir(exist_ok=True)
    place = {"devicename": "sda", "mountpoint": str(folder), "readsize": "2M"}
    map_file = tmp_path / "map"
    map_file.write_text(json.dumps(place) + "\n")
    return ["--disk-map", str(map_file), "--page-cache", str(folder), "--reserve-disk", "1M"]


def test_its_ticks_follow_the_recording(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.om", [0.1, 0.6, 0.3, 0.0])
    ticks = tmp_path / "ticks.csv"
    done = run(
        tmp_path,
        str(recording),
        *OWN,
        "--only",
        "cpu",
        "--ticks",
        str(ticks),
        "--json",
        "--over-time",
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    found: dict[str, Any] = document["resources"]["cpu"]
    over = document["over_time"]
    assert over["recorded_ends"] == [BEGIN + 1, BEGIN + 2, BEGIN + 3, BEGIN + 4]
    assert over["resources"]["cpu"]["target"] == pytest.approx([0.1, 0.6, 0.3, 0.0])
    assert found["ticks"] == 4
    assert found["mean_target"] == pytest.approx(0.25)
    rows = [row for row in csv.DictReader(ticks.open()) if row["metric_type"] == "cpu"]
    targets, actuals = ([float(row[name]) for row in rows] for name in ("target", "actual"))
    assert targets == pytest.approx([10, 60, 30, 0])
    # However busy the machine is, no more is taken than is wanted, but for what the loop needs.
    assert all(actual <= target + 6 for target, actual in zip(targets, actuals, strict=True))
    assert actuals[1] > actuals[0]
    assert actuals[1] > actuals[3]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".perf")] == []


def test_a_part_at_a_speed_again_and_two_at_once(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.om", [0.9, 0.1, 0.2, 0.9], 2.0)
    two = write_recording(tmp_path / "b.om", [0.9, 0.2, 0.1, 0.9], 2.0)
    part = ["--from", "2s", "--to", "6s", "--speed", "4", "--loops", "2"]
    ticks = tmp_path / "ticks.csv"
    arguments = [str(one), str(two), *OWN, "--only", "cpu", *part, "--ticks", str(ticks)]
    done = run(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    rows = [row for row in csv.DictReader(ticks.open()) if row["metric_type"] == "cpu"]
    assert [float(row["target"]) for row in rows] == pytest.approx([30.0] * 4)


def test_ticks_beyond_this_machine_are_counted(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.om", [0.65, 0.1])
    done = run(tmp_path, str(one), str(one), *OWN, "--only", "cpu")
    assert done.returncode == 0, done.stderr
    assert "cpu: 1 ticks needed more than this machine has; the worst needed 130 %" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_gives_everything_back_within_a_second(tmp_path: Path, number: int) -> None:
    recording = write_recording(tmp_path / "a.om", [0.5] * 60)
    with running(tmp_path, str(recording), *OWN, *all_of_it(tmp_path)) as process:
        assert list((tmp_path / "disk").iterdir())
        begin = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        took = time.monotonic() - begin
    assert process.returncode == 1
    assert re.search(rf"stopped by {signal.Signals(number).name} after \d+ ticks", said)
    assert list((tmp_path / "disk").iterdir()) == []
    assert not (tmp_path / JOURNAL).exists()
    assert not (tmp_path / "replay.json").exists()
    # A machine with other tests on it takes longer to end a process than one without.
    assert took < 5


def test_after_a_kill_the_next_start_cleans_up(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.om", [0.3] * 60)
    mine = tmp_path / "disk"
    with running(tmp_path, str(recording), *OWN, *all_of_it(tmp_path)) as process:
        found = replay_state.parse((tmp_path / "replay.json").read_bytes())
        assert found.pid == process.pid
        process.send_signal(signal.SIGKILL)
        process.wait()
    left = list(mine.iterdir())
    assert len(left) == 2
    (mine / "data.db").write_text("others'")
    short = write_recording(tmp_path / "b.om", [0.1])
    done = run(tmp_path, str(short), *OWN, "--only", "cpu")
    assert done.returncode == 0, done.stderr
    assert "removed 2 files of one that was killed" in done.stderr
    assert [path.name for path in mine.iterdir()] == ["data.db"]


def test_one_at_a_time_and_not_beside_a_load_test(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.om", [0.1] * 60)
    with running(tmp_path, str(recording), *OWN, "--only", "cpu"):
        done = run(tmp_path / "other", str(recording), *AT_ONCE)
        assert (done.returncode, done.stdout) == (1, "")
        assert "a load test or another replay is running" in done.stderr
    with host_lock.hold(200.0):
        done = run(tmp_path, str(recording), *AT_ONCE)
        assert "a load test or another replay is running" in done.stderr


def test_a_peer_of_ones_own(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 64)
    key.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    recording = write_recording(tmp_path / "a.om", [0.1] * 3)
    listening = subprocess.Popen(
        command(tmp_path, "--listen", address, "--key-file", str(key)),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert listening.stderr is not None
        assert f"listening on {address}" in listening.stderr.readline()
        arguments = ["--network", address, "--key-file", str(key), "--only", "network", "--json"]
        done = run(tmp_path, str(recording), *OWN, *arguments)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)["resources"]["network"]
        assert found["mean_target"] == pytest.approx(2e5)
        assert found["mean_actual"] > 1e5
        listening.send_signal(signal.SIGTERM)
        assert listening.wait(10) == 0
    finally:
        listening.kill()
        listening.communicate()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "--source-result: expected a result of the recorded machine's load test"),
        (["--literal", "--disk", "sda"], "--disk: expected DEVICE=FOLDER"),
        (
            ["--literal", "--disk", "sda=/no/such"],
            "expected a folder that is there (make it), found",
        ),
        (["--literal", "--reserve-memory", "much"], "--reserve-memory: expected a size"),
        (["--literal", "--network", "there"], "--network: expected HOST:PORT"),
        (["--literal", "--network", "127.0.0.1:1"], "--key-file: expected the key"),
        (["--literal", "--from", "5s", "--to", "2s"], "--to: expected a time after --from"),
        (["--literal", "--from", "1h"], "--from, --to: expected a part of the recording"),
        (["--literal", "--kernel", "none"], "--kernel: expected one of"),
        (["--listen", "127.0.0.1:0"], "--listen: expected no recording beside it"),
    ],
)
def test_bad_input_is_told(tmp_path: Path, arguments: list[str], expected: str) -> None:
    recording = write_recording(tmp_path / "a.om", [0.1])
    done = run(tmp_path, str(recording), *arguments)
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert done.stdout == ""


def test_without_a_recording(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "expected at least one recording, or --listen" in done.stderr
