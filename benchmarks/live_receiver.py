"""A server that takes what is pushed to Grafana Live, and counts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LiveReceiver(ThreadingHTTPServer):
    """Listens on a free loopback port.

    Attributes:
        pushes: how many came.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pushes = 0

    @property
    def url(self) -> str:
        """Its address, as that of a Grafana."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: LiveReceiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a push, and answer as Grafana does."""
        self.rfile.read(int(self.headers["Content-Length"]))
        # One run at a time pushes.
        self.server.pushes += 1
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[LiveReceiver]:
    """A receiver while the block runs."""
    with LiveReceiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
