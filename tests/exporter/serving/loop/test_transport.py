"""A client's socket in the event loop: reading, writing, pauses and ends."""

from __future__ import annotations

import contextlib
import errno
import logging
import resource
import socket
import threading
from collections.abc import Iterator

import pytest

from exporter.serving.loop import listener
from exporter.serving.loop.event_loop import EventLoop
from exporter.serving.loop.listener import Listener
from exporter.serving.loop.transport import MOST_BUFFERED, SocketTransport, Transport

SECONDS = 10.0


class Noted:
    """Notes what it is told; answers ``words``, and stays after the client's end if ``stays``."""

    def __init__(self, loop: EventLoop, *, stays: bool = False) -> None:
        self.loop = loop
        self.stays = stays
        self.said: list[object] = []
        self.transport: Transport | None = None

    def connection_made(self, transport: Transport) -> None:
        self.transport = transport
        self.said.append("made")

    def connection_lost(self, exc: Exception | None) -> None:
        self.said.append(("lost", type(exc)))
        self.loop.call_soon(self.loop.stop)

    def data_received(self, data: bytes) -> None:
        if data == b"fail":
            raise ValueError("as asked")
        self.said.append(data)

    def eof_received(self) -> bool:
        self.said.append("eof")
        return self.stays

    def pause_writing(self) -> None:
        self.said.append("pause")

    def resume_writing(self) -> None:
        self.said.append("resume")


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    with contextlib.closing(EventLoop()) as made:
        made.call_later(SECONDS, made.stop)
        yield made


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as made:
        made.settimeout(SECONDS)
        yield made


def connected(loop: EventLoop, noted: Noted, client: socket.socket) -> SocketTransport:
    """A transport whose other end the client is."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    client.close()
    client.__init__(theirs.family, theirs.type, fileno=theirs.detach())  # type: ignore[misc]
    client.settimeout(SECONDS)
    transport = SocketTransport(loop, ours, "somebody")
    transport.start(noted)
    return transport


def test_what_is_said_and_the_end(loop: EventLoop, client: socket.socket) -> None:
    noted = Noted(loop)
    transport = connected(loop, noted, client)
    assert transport.get_extra_info("peername") == "somebody"
    assert transport.get_extra_info("sslcontext") is None
    client.sendall(b"hello")
    loop.call_later(0.05, client.close)
    loop.run()
    assert noted.said == ["made", b"hello", "eof", ("lost", type(None))]
    assert transport.is_closing()


def test_who_has_said_all_is_still_answered(loop: EventLoop, client: socket.socket) -> None:
    noted = Noted(loop, stays=True)
    transport = connected(loop, noted, client)
    client.shutdown(socket.SHUT_WR)
    loop.call_later(0.05, lambda: (transport.write(b"answer"), transport.close()))
    loop.run()
    assert client.recv(100) == b"answer"
    assert client.recv(100) == b""
    assert noted.said == ["made", "eof", ("lost", type(None))]


def test_a_slow_client_gets_all_of_it(loop: EventLoop, client: socket.socket) -> None:
    noted = Noted(loop)
    transport = connected(loop, noted, client)
    data = bytes(range(256)) * 16384
    taken: list[bytes] = []

    def take() -> None:
        while piece := client.recv(65536):
            taken.append(piece)

    thread = threading.Thread(target=take)
    transport.write(data)
    assert transport.get_write_buffer_size() > MOST_BUFFERED
    assert noted.said == ["made", "pause"]
    transport.close()
    transport.write(b"")
    thread.start()
    loop.run()
    thread.join(SECONDS)
    assert b"".join(taken) == data
    assert noted.said == ["made", "pause", "resume", ("lost", type(None))]


def test_no_more_comes_behind_the_half_that_is_closed(
    loop: EventLoop, client: socket.socket
) -> None:
    transport = connected(loop, Noted(loop), client)
    transport.write(b"last words")
    transport.write_eof()
    transport.write(b"not heard")
    assert client.recv(100) == b"last words"
    assert client.recv(100) == b""
    client.close()
    loop.run()


def test_who_is_not_heard_waits(loop: EventLoop, client: socket.socket) -> None:
    noted = Noted(loop)
    transport = connected(loop, noted, client)
    transport.pause_reading()
    client.sendall(b"wait")
    loop.call_later(0.05, lambda: (noted.said.append("now"), transport.resume_reading()))
    loop.call_later(0.1, transport.abort)
    loop.run()
    assert noted.said == ["made", "now", b"wait", ("lost", type(None))]


def test_a_connection_is_lost_once(loop: EventLoop, client: socket.socket) -> None:
    noted = Noted(loop)
    transport = connected(loop, noted, client)
    transport.abort()
    transport.abort()
    transport.close()
    transport.write(b"too late")
    assert noted.said == ["made"]
    loop.run()
    assert noted.said == ["made", ("lost", type(None))]


def test_words_that_cannot_be_handled_end_the_connection(
    loop: EventLoop, client: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    noted = Noted(loop)
    connected(loop, noted, client)
    client.sendall(b"fail")
    with caplog.at_level(logging.ERROR):
        loop.run()
    assert noted.said == ["made", ("lost", ValueError)]
    assert "as asked" in caplog.text


def test_clients_wait_while_no_descriptors_are_left(
    loop: EventLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "RETRY_SECONDS", 0.1)
    noted = Noted(loop)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as client:
        taking = Listener(loop, listening, lambda: noted, 4)
        client.connect(listening.getsockname())
        with open("/dev/null", "rb") as highest:  # noqa: PTH123 - for its number
            resource.setrlimit(resource.RLIMIT_NOFILE, (highest.fileno(), hard))
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                while True:
                    stack.enter_context(open("/dev/null", "rb"))  # noqa: PTH123
            loop.call_later(0.05, stack.pop_all().close)
            loop.call_later(0.06, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
            loop.call_later(0.4, client.close)
            with caplog.at_level(logging.ERROR):
                loop.run()
        taking.close()
    assert noted.said == ["made", "eof", ("lost", type(None))]
    assert f"cannot be taken in: {OSError(errno.EMFILE, '').strerror}" in caplog.text or (
        "Too many open files" in caplog.text
    )
