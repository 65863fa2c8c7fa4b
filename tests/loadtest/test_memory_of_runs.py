"""What a run does about memory: real runs on machines that seem to have little, or large caches."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from perfanalysis.results import reading
from perfanalysis.results.state import RESULTS
from tests.loadtest.pretending import last_cache, meminfo, pretending

CPU = min(os.sched_getaffinity(0))
SHORT = ["--levels", "100", "--seconds-per-level", "0.3", "--force", "--wait", "200"]
ONE_CPU = ["--cpus", str(CPU)]


def command(state: Path, *arguments: str) -> list[str]:
    start = [sys.executable, "-m", "perfanalysis", "loadtest", "run"]
    return [*start, "--state-directory", str(state), *SHORT, *arguments]


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_document_says_what_memory_the_workers_had(tmp_path: Path) -> None:
    done = run(command(tmp_path, *ONE_CPU, "--kernel", "memlat", "--json", "--quiet"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["memory"]
    reading.from_json(json.loads(done.stdout), "standard output")
    assert found["worker_bytes"] == [found["bytes"]]
    advised = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not advised.is_file():
        assert "huge_page_bytes" not in found
    elif "[never]" in advised.read_text(encoding="ascii"):
        assert found["huge_page_bytes"] == 0
    else:
        assert 0 < found["huge_page_bytes"] <= found["bytes"]


def test_without_huge_pages_the_document_says_none(tmp_path: Path) -> None:
    # The process refuses them for itself and its children (PR_SET_THP_DISABLE).
    refuse = (
        "import ctypes, os, sys; ctypes.CDLL(None).prctl(41, 1, 0, 0, 0); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    words = command(tmp_path, *ONE_CPU, "--kernel", "memlat", "--json", "--quiet")
    done = run([sys.executable, "-c", refuse, *words])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["memory"].get("huge_page_bytes", 0) == 0


def test_a_kernel_that_does_not_fit_is_left_out_of_several(tmp_path: Path) -> None:
    # For 3 x 480 MiB there is no room, for the others there is.
    files = meminfo(1_000_000) | last_cache(480)
    words = command(
        tmp_path, *ONE_CPU, "--kernel", "rmw,membw,memlat,integer", "--progress", "lines"
    )
    done = run(pretending(files, tmp_path, words))
    assert done.returncode == 0, done.stderr
    for name in ("membw", "memlat"):
        reason = (
            f"not measured: kernel {name} needs 1509949440 bytes of memory for 1 workers, more "
            "than 75% of the 1024000000 bytes that are available"
        )
        assert f"load test: {reason}" in done.stderr
        assert reason in done.stdout
    found = [reading.read(path).kernel for path in (tmp_path / RESULTS).glob("*.json")]
    assert sorted(found) == ["integer", "rmw"]


def test_alone_it_is_refused(tmp_path: Path) -> None:
    files = meminfo(1_000_000) | last_cache(480)
    done = run(pretending(files, tmp_path, command(tmp_path, *ONE_CPU, "--kernel", "memlat")))
    assert done.returncode == 1
    assert "kernel memlat needs 1509949440 bytes" in done.stderr
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_filling_is_shown_and_stops_at_once(tmp_path: Path, number: signal.Signals) -> None:
    words = command(tmp_path, *ONE_CPU, "--kernel", "memlat", "--progress", "json")
    # Enough that filling goes on when the signal comes.
    words = pretending(last_cache(1024), tmp_path, words)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if '"filling memory"' in line:
                break
        shown = json.loads(line)
        assert 0 <= shown["progress_ratio"] < 1
        assert "live_units_per_second" not in shown
        run.send_signal(number)
        rest = run.stderr.read()
    assert run.returncode != 0
    assert '"calibration"' not in rest
    assert not list(tmp_path.rglob("*.json"))
