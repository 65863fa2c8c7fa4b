"""A real HTTP receiver that answers as it is told and remembers what it got; a small disk."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.exporter.serving.certificates import Authority


class Got(NamedTuple):
    body: bytes
    headers: dict[str, str]
    path: str = ""


class Reply(NamedTuple):
    """What to answer; status 0 takes the document and closes the connection without a word."""

    status: int
    headers: dict[str, str] = {}  # noqa: RUF012 - a tuple's field is not shared state
    text: str = ""


class Receiver(ThreadingHTTPServer):
    """Gives its replies in turn, then 204; a repeated idempotency key stores nothing new.

    ``takes`` answers when no reply is left; ``ahead`` is how far its clock is, in seconds.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[Reply | Callable[[Got], Reply]] = []
        self.takes: Callable[[Got], Reply] = lambda _: Reply(204)
        self.ahead = 0.0
        self.got: list[Got] = []
        self.stored: dict[str, bytes] = {}
        self.url = f"http://127.0.0.1:{self.server_port}/results"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # The sender died in the middle of its request: there is nobody to answer.
            self.close_connection = True
            return
        got = Got(body, {name.lower(): value for name, value in self.headers.items()}, self.path)
        self.server.got.append(got)
        told = self.server.replies.pop(0) if self.server.replies else self.server.takes
        reply = told(got) if callable(told) else told
        if reply.status < 300:
            self.server.stored.setdefault(got.headers["idempotency-key"], body)
        if not reply.status:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.text)))
        self.end_headers()
        self.wfile.write(reply.text.encode())

    def do_HEAD(self) -> None:
        self.send_response(405)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The header ``Date``: of a clock that may be wrong."""
        return super().date_time_string((timestamp or time.time()) + self.server.ahead)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Strict:
    """A receiver that speaks TLS, and only with those who show a certificate of its authority."""

    receiver: Receiver
    ca_file: str
    cert_file: str
    key_file: str

    @property
    def url(self) -> str:
        return self.receiver.url

    @property
    def files(self) -> dict[str, str]:
        return {"ca_file": self.ca_file, "cert_file": self.cert_file, "key_file": self.key_file}

    def flags(self, prefix: str, separator: str = "-") -> list[str]:
        return [
            f"--{prefix}{separator}tls{separator}{name.replace('_', '-')}={value}"
            for name, value in self.files.items()
        ]


@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Strict:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority(folder)
    client = authority.issue("client", ())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue_server().pair)
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    # The handshake is made by the thread of the connection: one that fails holds nobody.
    receiver.socket = context.wrap_socket(
        receiver.socket, server_side=True, do_handshake_on_connect=False
    )
    receiver.url = receiver.url.replace("http:", "https:")
    return Strict(receiver, str(authority.path), *client.pair)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small tmpfs can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
