from __future__ import annotations

import socket
import sys
from pathlib import Path

import psutil
import pytest

from demo.servers import DemoServer, ServerError, free_port, start_prometheus

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


def test_starts_waits_and_stops(tmp_path: Path) -> None:
    server = DemoServer("sleeper", SLEEP, tmp_path / "log", outlives=False)
    server.wait_until(lambda: "up" in server.text(), "its word", 20)
    server.check()
    server.stop()
    assert not psutil.pid_exists(server.pid)
    server.stop()


def test_one_that_heeds_no_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.servers.STOP_SECONDS", 0.2)
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
    command = [sys.executable, "-c", code + "; time.sleep(600)"]
    server = DemoServer("deaf", command, tmp_path / "log", outlives=False)
    server.wait_until(lambda: "up" in server.text(), "its word", 20)
    server.stop()
    assert not psutil.pid_exists(server.pid)


def test_one_that_dies_says_why(tmp_path: Path) -> None:
    code = "import sys; print('starting'); sys.exit('error: no room')"
    server = DemoServer("mayfly", [sys.executable, "-c", code], tmp_path / "log", outlives=False)
    with pytest.raises(ServerError, match=r"^mayfly ended with status 1: error: no room \(log: "):
        server.wait_until(lambda: False, "anything", 20)


def test_one_that_is_never_ready_is_told_apart(tmp_path: Path) -> None:
    server = DemoServer("mute", SLEEP, tmp_path / "log", outlives=False)
    with pytest.raises(ServerError, match="mute: its word did not come within 0 s"):
        server.wait_until(lambda: False, "its word", 0.1)
    server.stop()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="could not be started: /nonexistent/program: No such"):
        DemoServer("ghost", ["/nonexistent/program"], tmp_path / "log", outlives=True)


def test_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from demo.servers import DemoServer;"
        f"s = DemoServer('child', {SLEEP!r}, Path({str(tmp_path / 'log')!r}), outlives=False);"
        "s.wait_until(lambda: 'up' in s.text(), 'its word', 20); print(s.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    parent = psutil.Popen([sys.executable, "-c", code], stdout=-1, text=True)
    child = int(parent.communicate(timeout=60)[0])
    psutil.wait_procs([p for p in psutil.process_iter() if p.pid == child], timeout=20)
    alive = psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE
    assert not alive


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text("global: {}\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=r"Prometheus ended with status 1: .*already in use"):
            start_prometheus(configuration, tmp_path / "data", tmp_path / "log", port=port)


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
