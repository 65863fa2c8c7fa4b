"""What real runs say while they go on, on a terminal and elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from loadtest import host_lock
from perfanalysis.results.state import RESULTS

SHORT = ["--levels", "50,100", "--seconds-per-level", "1", "--force", "--wait", "100"]


def command(state: Path, *arguments: str) -> list[str]:
    start = [sys.executable, "-m", "perfanalysis", "loadtest", "run"]
    return [*start, "--state-directory", str(state), *SHORT, *arguments]


def test_a_terminal_shows_a_bar_with_the_live_rate(tmp_path: Path) -> None:
    terminal, side = os.openpty()
    shown = b""
    with subprocess.Popen(
        command(tmp_path, "--json"),
        stdout=subprocess.PIPE,
        stderr=side,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(side)
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # The other side is closed.
                break
            shown += part
        assert process.stdout is not None
        document = json.loads(process.stdout.read())
    os.close(terminal)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "━" in text
    assert re.search(r"100 % .*[0-9] % [1-9][0-9.]* units/s", text)
    # The bar is taken away at its end, and no line stands for a phase.
    assert shown.rstrip(b"\r\n").endswith((b"\x1b[2K", b"\x1b[?25h"))
    assert "load test:   0%" not in text
    assert [level["busy"] for level in document["levels"]] == [50, 100]


def test_elsewhere_it_writes_a_line_a_phase(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, "--json"), capture_output=True, text=True, check=True, timeout=120
    )
    assert "\x1b" not in done.stderr + done.stdout
    lines = done.stderr.splitlines()
    assert lines[0].startswith("load test: kernel rmw, ")
    phases = [re.fullmatch(r"load test: [ 0-9]{3}% (.*)", line) for line in lines[1:]]
    # A level that needs it gets further rounds, each with its line.
    firsts = list(dict.fromkeys(found and found[1] for found in phases))
    assert firsts == ["calibration", "50 %", "100 %", "one CPU"]


def test_programs_read_json_lines(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, "--progress", "json"),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines = done.stderr.splitlines()
    # What the run says in words about memory comes first, unless it had to wait for its turn.
    assert len([line for line in lines if not line.startswith("{")]) == 1
    found = [json.loads(line) for line in lines if line.startswith("{")]
    assert len(found) > 1
    assert {entry["kernel"] for entry in found} == {"rmw"}
    assert [e["progress_ratio"] for e in found] == sorted(e["progress_ratio"] for e in found)
    assert found[-1]["phase"] in {"50 %", "100 %", "one CPU"}
    assert found[-1]["live_units_per_second"] > 0


def test_a_run_that_waits_for_its_turn_says_so_once(tmp_path: Path) -> None:
    with host_lock.hold(200):
        done = subprocess.run(
            [*command(tmp_path), "--wait", "0.5"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first == "load test:   0% waiting for another load test on this host"
    assert second.startswith("perfanalysis: another load test is running on this host")


def test_a_run_ends_when_nobody_reads_its_progress_any_more(tmp_path: Path) -> None:
    arguments = command(tmp_path, "--progress", "json", "--seconds-per-level", "60")
    with subprocess.Popen(arguments, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        # The memory, then the first object.
        assert process.stderr.readline().startswith(b"load test: kernel rmw")
        assert json.loads(process.stderr.readline())["kernel"] == "rmw"
        process.stderr.close()
        assert process.wait(timeout=60) == 1
    assert list((tmp_path / RESULTS).iterdir()) == []


def test_the_inventory_may_come_through_standard_input(tmp_path: Path) -> None:
    inventory = "machines: [{name: web-1, region: here, prices: {on_demand: 0.5}}]"
    done = subprocess.run(
        command(tmp_path, "--json", "--inventory", "-", "--machine", "web-1", "--quiet"),
        input=inventory,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    machine = json.loads(done.stdout)["machine"]
    assert machine["name"] == "web-1"
    assert machine["region"] == "here"
    assert machine["price_dollars_per_hour"] == 0.5
