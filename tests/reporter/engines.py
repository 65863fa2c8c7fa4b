"""A real HTTP server in the place of an engine, which answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs


class Asked(NamedTuple):
    path: str
    form: dict[str, str]
    headers: dict[str, str]


class Reply(NamedTuple):
    """What to answer; ``sent`` cuts the body off there, ``pause`` is the wait before each byte."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - a tuple's field is not shared state
    sent: int | None = None
    pause: float = 0.0


Answering = Callable[[Asked], Reply]


def vector(*entries: tuple[dict[str, str], str], **more: object) -> Reply:
    """An instant vector at the time 1000."""
    result = [{"metric": labels, "value": [1000, value]} for labels, value in entries]
    data = {"resultType": "vector", "result": result}
    return Reply(body=json.dumps({"status": "success", "data": data, **more}).encode())


def matrix(*entries: tuple[dict[str, str], list[tuple[float, str]]]) -> Reply:
    """Series of a range."""
    result = [{"metric": labels, "values": values} for labels, values in entries]
    data = {"resultType": "matrix", "result": result}
    return Reply(body=json.dumps({"status": "success", "data": data}).encode())


def refusal(status: int, kind: str, reason: str, **headers: str) -> Reply:
    """An error as Prometheus answers it."""
    body = json.dumps({"status": "error", "errorType": kind, "error": reason}).encode()
    return Reply(status, body, headers)


class Misbehaving(ThreadingHTTPServer):
    """Answers by ``answering`` and remembers what it was asked, and how much of it at once."""

    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.asked: list[Asked] = []
        self.running = 0
        self.most_running = 0
        self.lock = threading.Lock()
        self.ended = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Misbehaving

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(text).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, form, headers)
        with self.server.lock:
            self.server.asked.append(asked)
            self.server.running += 1
            self.server.most_running = max(self.server.most_running, self.server.running)
        try:
            self._reply(self.server.answering(asked))
        finally:
            with self.server.lock:
                self.server.running -= 1

    do_GET = do_POST  # noqa: N815 - the name that http.server calls

    def _reply(self, reply: Reply) -> None:
        if not reply.status:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.pause:
            for i in range(len(reply.body)):
                if self.server.ended.wait(reply.pause):
                    return
                self.wfile.write(reply.body[i : i + 1])
            return
        self.wfile.write(reply.body if reply.sent is None else reply.body[: reply.sent])
        self.close_connection = reply.sent is not None

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving(
    answering: Answering, context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Misbehaving]]:
    """URL and server, for as long as it is used."""
    server = Misbehaving(answering)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}", server
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


def in_turn(*replies: Reply) -> Answering:
    """One reply after the other, the last of them for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
