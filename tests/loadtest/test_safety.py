"""What a run must not do to the machine: real runs, looked at from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cffi_burn.kernel import all_kernels
from loadtest.run import Subject, check_memory
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.identity import Identity
from perfanalysis.results.state import RUNNING

CPU = min(os.sched_getaffinity(0))
ONE_CPU = ["--cpus", str(CPU), "--wait", "200"]
SHORT = [*ONE_CPU, "--levels", "100", "--seconds-per-level", "0.3", "--force"]
SLACK_KIBIBYTES = 8 << 10
BEFORE_AND_AFTER = """
import os, sys, threading
from perfanalysis.cli import run
def seen():
    mine = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0), threading.active_count()
    return mine, os.listdir("/proc/self/task")
before = seen()
status = run(sys.argv[1:])
assert seen() == before, (seen(), before)
sys.exit(status)
"""


def command(state: Path, *arguments: str) -> list[str]:
    start = [sys.executable, "-m", "perfanalysis", "loadtest", "run"]
    return [*start, "--state-directory", str(state), *arguments]


@contextmanager
def busy_cpu() -> Iterator[None]:
    """A process that keeps ``CPU`` busy."""
    burn = f"import os\nos.sched_setaffinity(0, {{{CPU}}})\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", burn]) as burner:
        try:
            yield
        finally:
            burner.kill()


def test_a_busy_machine_is_refused_unless_forced(tmp_path: Path) -> None:
    with busy_cpu():
        done = subprocess.run(
            command(tmp_path, *ONE_CPU), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        message = (
            r"perfanalysis: the CPUs to be measured are [0-9]+% busy with other work: stop it, or "
            r"measure all the same with --force\n"
        )
        assert re.fullmatch(message, done.stderr.partition("\n")[2] or done.stderr)
        assert list(tmp_path.rglob("*.json")) == []
        done = subprocess.run(
            command(tmp_path, *SHORT, "--json", "--quiet"),
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout)
    assert found["valid"] is False
    assert any(reason.startswith("other load: ") for reason in found["invalid_reasons"])


@pytest.mark.parametrize("failing", [[], ["--fail-if", "valid>=0"]])
def test_affinity_priority_and_threads_are_as_before(tmp_path: Path, failing: list[str]) -> None:
    words = command(tmp_path, *SHORT, "--nice", "7", "--quiet", *failing)[3:]
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_AND_AFTER, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Assertion" not in done.stderr
    assert done.returncode == (1 if failing else 0), done.stderr


def test_only_the_workers_are_pinned_and_nice(tmp_path: Path) -> None:
    arguments = [*ONE_CPU, "--nice", "7", "--seconds-per-level", "60", "--force", "--quiet"]
    with subprocess.Popen(command(tmp_path, *arguments)) as process:
        try:
            deadline = time.monotonic() + 200
            while not (tmp_path / RUNNING).exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            tasks = {
                int(task.name): (
                    frozenset(os.sched_getaffinity(int(task.name))),
                    os.getpriority(os.PRIO_PROCESS, int(task.name)),
                )
                for task in Path(f"/proc/{process.pid}/task").iterdir()
            }
        finally:
            process.terminate()
    everywhere = frozenset(os.sched_getaffinity(0))
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert tasks.pop(process.pid) == (everywhere, mine)
    assert list(tasks.values()).count((frozenset({CPU}), 7)) == 1


def test_a_run_goes_on_no_longer_than_it_may(tmp_path: Path) -> None:
    # At 1 % busy the interval does not become as narrow as --precise wants it.
    arguments = ["--levels", "1", "--precise", "--max-duration", "6", "--force", "--json"]
    done = subprocess.run(
        command(tmp_path, *ONE_CPU, *arguments), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["settings"]["max_duration"] == 6
    # Without the limit it would be 290 s.
    assert found["duration_seconds"] < 60


# What a process had resident counts what its parent had when it was forked: hence a small parent.
WATCHER = """
import os, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
import resource
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def peak_kibibytes(state: Path, kernel: str) -> tuple[int, str]:
    """The most memory that a run had resident, and what it said before."""
    watched = command(state, *SHORT, "--kernel", kernel)
    done = subprocess.run(
        [sys.executable, "-S", "-c", WATCHER, *watched], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1]), done.stderr


def test_it_takes_no_more_memory_than_it_said(tmp_path: Path) -> None:
    small, said_small = peak_kibibytes(tmp_path, "vector")
    large, said_large = peak_kibibytes(tmp_path, "membw")
    stated = [
        int(re.findall(r"kernel [a-z]+, ([0-9]+) MiB of memory for the workers", said)[0]) << 10
        for said in (said_small, said_large)
    ]
    assert stated[0] == 1 << 10
    assert stated[1] > 8 << 10
    assert stated[1] // 2 < large - small <= stated[1] + SLACK_KIBIBYTES


def test_more_memory_than_there_is_is_refused() -> None:
    kernel = replace(all_kernels()["rmw"], memory_bytes=1 << 60)
    subject = Subject(Identity(), kernel, UsableCpus((CPU,), None))
    with pytest.raises(PerfAnalysisError, match=r"needs 1152921504606846976 bytes .* \(--cpus\)"):
        check_memory(subject)
