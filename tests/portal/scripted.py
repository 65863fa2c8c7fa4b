"""A server that answers what a test says, and keeps what came."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Said:
    """An answer; ``breaks``: the connection ends instead."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    breaks: bool = False


def problem(status: int, detail: str) -> Said:
    said = {"title": "x", "status": status, "detail": detail, "request_id": "r1"}
    return Said(status, json.dumps(said).encode(), {"Content-Type": "application/problem+json"})


class Scripted(ThreadingHTTPServer):
    """Answers one after the other; the last one again and again."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._scheme = "http"
        if context is not None:
            self._scheme = "https"
            # The handshake is made by the thread of the connection: one that fails holds nobody.
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.answers: list[Said] = [Said()]
        self.came: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.came.append((self.command, self.path, dict(self.headers), body))
        answers = self.server.answers
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if said.breaks:
            self.close_connection = True
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def handle(self) -> None:
        # Of a client that does not trust the certificate, or goes.
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, *given: Any) -> None:
        pass


@contextmanager
def scripted(context: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    server = Scripted(context)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
