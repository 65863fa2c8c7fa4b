"""Whoever is behind the socket of D-Bus, an answer has an end, a size and a place."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.sources.errors import CollectorError

pytest.importorskip("jeepney", reason="the extra systemd is not installed")

from exporter.sources.system_bus import SystemBus

WELCOME = b"OK 0123456789abcdef0123456789abcdef\r\n"
# The beginning of an answer with a body of 256 MiB.
HUGE = b"l\2\0\1" + struct.pack("<III", 1 << 28, 1, 0)


@contextlib.contextmanager
def somebody(path: Path, answers: list[bytes]) -> Iterator[None]:
    """Sends an answer after each line of its client, and then nothing more."""

    def serve(listening: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            listening.accept()[0] as client,
            client.makefile("rb") as lines,
        ):
            for answer in answers:
                lines.readline()
                client.sendall(answer)
            lines.read()

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield
        thread.join(10)


@pytest.mark.parametrize(
    ("answers", "expected", "text"),
    [
        ([b"\0\1\2\r\n"], CollectorError, "/bus: expected the greeting of D-Bus$"),
        ([b"x" * 100_000], CollectorError, "/bus: expected the greeting of D-Bus$"),
        ([b"REJECTED EXTERNAL\r\n"], PermissionError, "D-Bus refuses this user: '.*/bus'"),
        ([b"OK"], TimeoutError, "/bus: no greeting of D-Bus within 0.3 s"),
        # The greeting is over, and the first answer has no end.
        ([WELCOME, b"l"], TimeoutError, "systemd1: no answer within 0.3 s"),
        ([WELCOME, HUGE], CollectorError, "16777216 bytes at most, found one of 268435472"),
    ],
)
def test_an_answer_that_is_none(
    answers: list[bytes],
    expected: type[Exception],
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("exporter.sources.system_bus._LIMIT", 0.3)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    with somebody(tmp_path / "bus", answers), pytest.raises(expected, match=text):
        SystemBus("org.freedesktop.systemd1")


@pytest.mark.parametrize("address", ["garbage", "tcp:host=localhost,port=1", "unix:dir=/tmp"])
def test_an_address_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    with pytest.raises(CollectorError, match=r"DBUS_SYSTEM_BUS_ADDRESS: expected unix:path=\.\.\."):
        SystemBus("org.freedesktop.systemd1")
