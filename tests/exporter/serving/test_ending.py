"""SIGTERM ends the exporter at once and cleanly, whatever it is at."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
import requests

from tests.exporter.conftest import Running, StartExporter
from tests.exporter.serving.conftest import StartSecured


def end(running: Running) -> None:
    running.process.send_signal(signal.SIGTERM)
    # systemd would wait 10 seconds, then kill it.
    assert running.process.wait(5) == 0
    log = running.log.read_text()
    assert "Traceback" not in log
    assert "Exception" not in log
    assert log.splitlines()[-1].endswith("stopped")


def send(port: int, data: bytes, stack: contextlib.ExitStack) -> socket.socket:
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
    client.sendall(data)
    return client


def test_with_open_connections(start_exporter: StartExporter) -> None:
    running = start_exporter()
    with contextlib.ExitStack() as stack:
        session = stack.enter_context(requests.Session())
        assert session.get(running.url + "/metrics", timeout=10).status_code == 200
        begun = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
        for data in (b"", b"GET /metrics HTTP/1.1\r\n", begun):
            for _ in range(20):
                send(running.port, data, stack)
        end(running)


@contextlib.contextmanager
def leased(path: Path) -> Iterator[threading.Event]:
    """Whoever opens the file hangs, and the event says so (fcntl(2): F_SETLEASE)."""
    opened = threading.Event()
    before = signal.signal(signal.SIGIO, lambda *_: opened.set())
    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                raise
            pytest.skip("this file system has no leases")
        yield opened
    finally:
        os.close(descriptor)
        signal.signal(signal.SIGIO, before)


def test_during_a_scrape_whose_source_hangs(start_exporter: StartExporter, tree: Path) -> None:
    running = start_exporter(
        f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}", "--collector.timeout=30"
    )
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(leased(tree / "proc" / "loadavg"))
        client = send(running.port, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", stack)
        assert opened.wait(20)
        end(running)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""


def test_during_a_check_of_a_password_and_handshakes(
    start_secured: StartSecured, tls_section: str
) -> None:
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    # A cost that takes minutes.
    slow = hashed[:4] + "18" + hashed[6:]
    running = start_secured(f"basic_auth_users:\n  slow: {slow}\n")
    with contextlib.ExitStack() as stack:
        request = b"GET / HTTP/1.1\r\nAuthorization: Basic c2xvdzpzZWNyZXQ=\r\n\r\n"
        send(running.port, request, stack)
        time.sleep(0.2)
        end(running)
    running = start_secured(tls_section)
    with contextlib.ExitStack() as stack:
        for data in (b"", b"\x16\x03\x01\x02\x00\x01"):
            for _ in range(20):
                send(running.port, data, stack)
        time.sleep(0.2)
        end(running)
