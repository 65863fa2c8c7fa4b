"""The load test on several machines, all of them this one, through a real SSH server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from loadtest import host_lock
from perfanalysis.results import reading
from perfanalysis.results.state import RESULTS, RUNNING
from tests.loadtest.fleet.conftest import Host, free_port

COMMAND = [sys.executable, "-m", "perfanalysis", "loadtest", "fleet"]
SHORT = ["--", "--levels", "50,100", "--seconds-per-level", "0.3", "--force", "--wait", "200"]
LONG = ["--", "--seconds-per-level", "60", "--force", "--wait", "200"]


def words(host: Host, inventory: Path, *arguments: str) -> list[str]:
    where = ["--inventory", str(inventory), "--ssh-config", str(host.config)]
    return [*COMMAND, *where, *arguments]


def fleet(host: Host, inventory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(host, inventory, *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )


def test_good_machines_are_measured_and_bad_ones_listed(host: Host, tmp_path: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    inventory = host.inventory(
        [
            {"name": "web/1", "region": "here", "prices": {"on_demand": 0.5}, "ssh": host.access()},
            {"name": "web-2", "cpus": cpu, "ssh": host.access()},
            {"name": "gone", "ssh": host.access(port=free_port())},
            {"name": "without", "ssh": host.access(command="/absent/perfanalysis")},
            {"name": "talks", "ssh": host.access(command="echo welcome; true")},
        ]
    )
    out, state = tmp_path / "out", tmp_path / "state"
    places = ["--output", str(out), "--state-directory", str(state)]
    done = fleet(host, inventory, *places, "--limit", "3", "--json", *SHORT)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    reasons = {entry["machine"]: entry["reason"] for entry in found["failures"]}
    assert list(reasons) == ["gone", "without", "talks"]
    assert "Connection refused" in reasons["gone"]
    assert re.match("exit status 127: .*/absent/perfanalysis", reasons["without"])
    assert "expected a result document, and nothing that the login shell" in reasons["talks"]
    assert "welcome" in reasons["talks"]
    last = done.stderr.splitlines()[-1]
    assert last == "perfanalysis: 3 of 5 machines failed: gone, without, talks"
    assert f"fleet: failed: gone: {reasons['gone']}" in done.stderr
    assert "fleet: web/1: started\n" in done.stderr
    assert "fleet: web-2: done: rmw " in done.stderr
    first, second = found["results"]
    assert [first["machine"], second["machine"]] == ["web/1", "web-2"]
    assert first["units_per_dollar"] == pytest.approx(first["mean_units_per_second"] / 0.5)
    assert "units_per_dollar" not in second
    assert first["file"] == str(out / f"web_1-{first['test_id']}.json")
    documents = [reading.read(Path(entry["file"])) for entry in found["results"]]
    assert [one.machine.name for one in documents] == ["web/1", "web-2"]
    assert documents[0].machine.region == "here"
    assert documents[1].machine.used_cpus == (int(cpu),)
    ids = {entry["test_id"] for entry in found["results"]}
    assert {path.stem for path in (state / RESULTS).iterdir()} == ids
    # The machines have them as well, and both took turns on this one host.
    assert ids <= {path.stem for path in (host.state / RESULTS).iterdir()}
    spans = sorted(
        (one.timestamp_seconds - (one.duration_seconds or 0), one.timestamp_seconds)
        for one in documents
    )
    assert spans[0][1] <= spans[1][0]


def test_a_machine_that_takes_too_long_is_ended(host: Host, tmp_path: Path) -> None:
    slow = host.access(command="sleep 60; true")
    inventory = host.inventory([{"name": "slow", "ssh": slow}, {"name": "other"}])
    arguments = ["--output", str(tmp_path / "out"), "--machines", "slow", "--time-limit", "1"]
    done = fleet(host, inventory, *arguments)
    assert done.returncode == 1
    assert "fleet: failed: slow: no result within 1 s; the run was ended" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_a_document_of_a_run_whose_threshold_failed_is_kept(host: Host, tmp_path: Path) -> None:
    inventory = host.inventory(
        [{"name": "web-1", "prices": {"on_demand": 0.5}, "ssh": host.access()}]
    )
    condition = ["--fail-if", "units_per_dollar<1e12"]
    done = fleet(host, inventory, "--output", str(tmp_path), "--quiet", *SHORT, *condition)
    assert done.returncode == 1
    (path,) = tmp_path.iterdir()
    assert [entry.passed for entry in reading.read(path).thresholds or ()] == [False]
    assert "web-1" in done.stdout
    assert done.stderr.startswith(
        "fleet: failed: web-1: exit status 1: perfanalysis: thresholds not passed: units_per_dollar"
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 1), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_a_signal_ends_the_runs_there_as_well(
    host: Host, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    name = f"ends-{os.getpid()}"
    inventory = host.inventory([{"name": name, "ssh": host.access()}])
    before = set((host.state / RESULTS).glob("*"))
    process = subprocess.Popen(
        words(host, inventory, "--output", str(tmp_path), *LONG),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (host.state / RUNNING).exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        there = json.loads((host.state / RUNNING).read_bytes())["pid"]
        assert Path(f"/proc/{there}").exists()
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        deadline = time.monotonic() + 60
        while Path(f"/proc/{there}").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        # Neither ssh nor the login shell there is left.
        await_processes(f"--machine-name {name}", there=False)
    finally:
        process.kill()
    assert process.returncode == status
    assert "Traceback" not in errors
    assert not (host.state / RUNNING).exists()
    assert set((host.state / RESULTS).glob("*")) == before
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_waits_for_its_turn_is_ended_as_well(host: Host, tmp_path: Path) -> None:
    name = f"waits-{os.getpid()}"
    inventory = host.inventory([{"name": name, "ssh": host.access()}])
    with host_lock.hold(200):
        process = subprocess.Popen(
            words(host, inventory, "--output", str(tmp_path), *LONG), stderr=subprocess.DEVNULL
        )
        try:
            await_processes(f"--machine-name {name}", there=True)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130
            await_processes(f"--machine-name {name}", there=False)
        finally:
            process.kill()


def await_processes(part: str, *, there: bool) -> None:
    """Wait until there is a process whose command line has a part, or none any more."""
    deadline = time.monotonic() + 60
    while there != any(
        part in " ".join(process.info["cmdline"] or ())
        for process in psutil.process_iter(["cmdline"])
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_terminal_shows_one_table(host: Host, tmp_path: Path) -> None:
    machines = [
        {"name": "web-1", "ssh": host.access()},
        {"name": "gone", "ssh": host.access(port=free_port())},
    ]
    terminal, side = os.openpty()
    shown = b""
    with subprocess.Popen(
        words(host, host.inventory(machines), "--output", str(tmp_path), *SHORT),
        stdout=subprocess.PIPE,
        stderr=side,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "160", "LINES": "40"},
    ):
        os.close(side)
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # The other side is closed.
                break
            shown += part
    os.close(terminal)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert re.search(r"web-1 +started +━* +[0-9]+% +rmw, [a-z0-9% ]+", text)
    assert re.search(r"gone +failed .*Connection refused", text)
    assert "fleet: 0 waiting, 1 started, 0 done, 1 failed" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--", "--json"], "--json: expected other options of `loadtest run`"),
        (["--", "--output=x"], "--output: expected other options"),
        (["--", "--machine", "x"], "--machine: expected other options"),
        (["--", "--machine-name", "x"], "--machine-name: expected other options"),
        (["--", "--nonsense"], "--nonsense"),
        (["--", "--nice", "50"], "--nice"),
        (["--machines", "web-9"], "a machine named 'web-9' (has: web-1)"),
        (["--machines", ","], "--machines: expected names of machines"),
        (["--limit", "0"], "--limit"),
        (["--ssh-config", "/absent"], "--ssh-config"),
    ],
)
def test_bad_input_is_refused_before_any_machine_is_asked(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(yaml.safe_dump({"machines": [{"name": "web-1"}]}))
    out = tmp_path / "out"
    done = subprocess.run(
        [*COMMAND, "--inventory", str(inventory), "--output", str(out), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()
