"""What the systemd units forbid is no system call that the services make."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.deploy.test_systemd import SERVICE, UNITS, needs_systemd, short
from tests.exporter.conftest import Running
from tests.reporter.conftest import prometheus  # noqa: F401 - a fixture


def calls_of(group: str) -> set[str]:
    """The system calls of one of systemd's groups, those of groups inside it included."""
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    ).stdout
    found: set[str] = set()
    for line in listed.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= calls_of(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def allowed_calls(service: str) -> set[str]:
    """What the unit's SystemCallFilter lines leave, read as systemd.exec(5) says."""
    allowed: set[str] = set()
    for line in (UNITS / service).read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "SystemCallFilter":
            for word in value.removeprefix("~").split():
                calls = calls_of(word) if word.startswith("@") else {word}
                allowed = allowed - calls if value.startswith("~") else allowed | calls
    return allowed


def can_trace() -> bool:
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    command = ["strace", "-o", os.devnull, "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@needs_systemd
@pytest.mark.skipif(not can_trace(), reason="no strace on PATH, or it may not trace")
def test_a_scrape_makes_no_system_call_that_the_service_may_not(tmp_path: Path) -> None:
    log, trace = tmp_path / "log", tmp_path / "trace"
    command = [sys.executable, "-m", "perfanalysis", "exporter", "--web.listen-address=127.0.0.1:0"]
    with log.open("w") as stream:
        tracer = subprocess.Popen(
            ["strace", "-f", "-o", str(trace), *command], stderr=stream, text=True
        )
    try:
        running = Running(tracer, log)
        for _ in range(2):
            assert requests.get(running.url + "/metrics", timeout=60).status_code == 200
        children = Path(f"/proc/{tracer.pid}/task/{tracer.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)
        assert tracer.wait(30) == 0
    finally:
        tracer.kill()
        tracer.wait()
    made = calls_in(trace)
    assert "adjtimex" in made or "clock_adjtime" in made
    assert made - allowed_calls(SERVICE) == set()


def calls_in(trace: Path) -> set[str]:
    """The system calls that strace has seen. None may make memory executable after the fact.

    That is what MemoryDenyWriteExecute refuses: mmap(2) of memory to write and execute, and
    mprotect(2) to execute.
    """
    text = trace.read_text()
    assert not re.search(r"\bmmap\(.*PROT_WRITE\|PROT_EXEC|protect\(.*PROT_EXEC", text)
    return set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)", text, re.M))


@needs_systemd
@pytest.mark.e2e
@pytest.mark.skipif(not can_trace(), reason="no strace on PATH, or it may not trace")
@pytest.mark.parametrize("what", ["loadtest", "report"])
def test_load_test_and_report_make_none_either(
    what: str,
    prometheus: str,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    trace = tmp_path / "trace"
    command = [sys.executable, "-m", "perfanalysis", *short(what, prometheus, tmp_path)]
    done = subprocess.run(
        ["strace", "-f", "-o", trace, *command],
        env={**os.environ, "PERFANALYSIS_STATE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = calls_in(trace)
    assert "mprotect" in made
    assert made - allowed_calls(f"perfanalysis-{what}.service") == set()
