"""Runtimes' sockets that answer as no runtime should; real ones are in tests/e2e."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exporter.collectors.cgroup.names import docker, podman, socket_api
from exporter.collectors.cgroup.names.errors import NamesError

Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(folder: Path, serve: Serve) -> Iterator[str]:
    """A unix socket whose first client is served so."""
    path = str(folder / "s")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def run() -> None:
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            with client:
                serve(client)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        listener.close()
        thread.join(10)


def answering(status: str, body: bytes) -> Serve:
    def serve(client: socket.socket) -> None:
        request = client.recv(65536)
        assert request.startswith((b"GET /containers/json HTTP/1.1\r\n", b"GET /v4.0.0/libpod/"))
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        client.sendall(head + body)

    return serve


@pytest.mark.parametrize(
    ("status", "body", "said", "reason"),
    [
        ("403 Forbidden", b"", "status 403, expected 200", "denied"),
        ("500 Oops", b"", "status 500, expected 200", "unreachable"),
        (
            "200 OK",
            b'{"message": "page not found"}',
            "expected a list",
            "unreachable",
        ),
        ("200 OK", b"[{}]", "expected a list", "unreachable"),
        ("200 OK", b"\xff", "expected a list", "unreachable"),
        ("200 OK", b"[" * 100_000, "expected a list", "unreachable"),
    ],
)
def test_what_is_no_list(status: str, body: bytes, said: str, reason: str, tmp_path: Path) -> None:
    with (
        listening(tmp_path, answering(status, body)) as path,
        pytest.raises(NamesError, match=said) as caught,
    ):
        docker.Docker(path).ask()
    assert caught.value.reason == reason


def test_an_empty_list(tmp_path: Path) -> None:
    with listening(tmp_path, answering("200 OK", b"[]")) as path:
        assert podman.Podman(path).ask().containers == {}


def test_a_server_that_says_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_api, "SECONDS", 0.05)
    done = threading.Event()
    with listening(tmp_path, lambda _: done.wait(20) and None) as path:
        with pytest.raises(NamesError, match="no whole answer in time"):
            docker.Docker(path).ask()
        done.set()
