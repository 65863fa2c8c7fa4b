"""What clients may do to the server."""

from __future__ import annotations

import contextlib
import socket

import pytest
import requests

from tests.exporter.conftest import StartExporter


def exchange(port: int, data: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(data)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(65536):
                answer += piece
        return answer


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 20000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n" + b"a" * 99999, b"413"),
        (b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
    ],
)
def test_requests_and_their_status(
    data: bytes, status: bytes, start_exporter: StartExporter
) -> None:
    answer = exchange(start_exporter().port, data)
    assert answer.split(b" ", 2)[1] == status


def test_requests_in_one_packet_are_answered_in_order(start_exporter: StartExporter) -> None:
    both = b"GET /healthz HTTP/1.1\r\n\r\nGET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n"
    answer = exchange(start_exporter().port, both)
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


def test_half_open_connections_do_not_stop_a_scrape(start_exporter: StartExporter) -> None:
    running = start_exporter()
    with contextlib.ExitStack() as stack:
        for _ in range(600):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 10))
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: a")
        assert requests.get(running.url + "/metrics", timeout=10).status_code == 200
