"""Every row of the table of requests: ours, cut into pieces, over TLS, and beside node_exporter."""

from __future__ import annotations

import http.client
import ssl

import pytest

from tests.conftest import REPOSITORY
from tests.exporter.conftest import Running, StartExporter
from tests.exporter.serving.certificates import Authority
from tests.exporter.serving.conftest import StartSecured
from tests.exporter.serving.request_table import LAST, ROWS
from tests.exporter.serving.test_peer import node_exporter
from tests.exporter.serving.test_requests import connect, statuses, theirs

__all__ = ["node_exporter", "theirs"]

EXPECTED = {name: row.ours for name, row in ROWS.items()}


@pytest.fixture
def running(start_exporter: StartExporter) -> Running:
    return start_exporter(
        "--collector.disable-defaults", "--collector.time", "--web.enable-lifecycle"
    )


def asked(port: int, data: bytes) -> list[int]:
    with connect(port) as connection:
        return statuses(connection, [data])


def test_each_row(running: Running) -> None:
    found = {name: asked(running.port, row.data + LAST) for name, row in ROWS.items()}
    assert found == EXPECTED
    assert "Traceback" not in running.log.read_text()


@pytest.mark.parametrize("size", [1, 11])
def test_each_row_in_pieces(size: int, running: Running) -> None:
    for name, row in ROWS.items():
        # Where the server ends it, more would meet a closed connection, which loses the answer.
        whole = row.data + LAST if row.ours[-1] == 200 else row.data
        if len(whole) > 1500:
            continue
        pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
        with connect(running.port) as connection:
            assert statuses(connection, pieces) == row.ours, name


def test_each_row_over_tls(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section)
    context = ssl.create_default_context(cafile=str(authority.path))
    for name, row in ROWS.items():
        if b"/-/reload" in row.data:
            continue
        plain = connect(running.port)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            assert statuses(connection, [row.data + LAST]) == row.ours, name
    assert "Traceback" not in running.log.read_text()


def test_node_exporter_answers_as_the_table_says(theirs: int) -> None:
    found, expected = {}, {}
    for name, row in ROWS.items():
        # It has no /healthz.
        found[name] = asked(theirs, row.data + LAST.replace(b"/healthz", b"/"))
        expected[name] = row.ours if row.theirs is None else row.theirs
    assert found == expected


def test_the_docs_have_each_difference() -> None:
    text = (REPOSITORY / "docs" / "differences.md").read_text()
    reasons = {row.reason for row in ROWS.values() if row.theirs is not None}
    assert {reason for reason in reasons if reason not in text} == set()


def test_the_body_is_asked_for(running: Running) -> None:
    with connect(running.port) as connection:
        head = (
            b"POST /-/reload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n"
        )
        connection.sendall(head + b"\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"a=b")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        # Not one that is too long.
        connection.sendall(head.replace(b": 3\r", b": 99999\r") + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["text/plain;q=0.5", "application/openmetrics-text"], "application/openmetrics-text"),
        (["application/openmetrics-text;q=0.3", "text/plain"], "text/plain"),
        (["image/png", "application/json"], "text/plain"),
    ],
)
def test_lines_of_accept_are_one_list(lines: list[str], expected: str, running: Running) -> None:
    client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    client.putrequest("GET", "/metrics", skip_accept_encoding=True)
    for line in lines:
        client.putheader("Accept", line)
    client.putheader("Accept-Encoding", "br")
    client.putheader("Accept-Encoding", "gzip;q=0.9")
    client.endheaders()
    answer = client.getresponse()
    assert answer.headers.get_content_type() == expected
    assert answer.headers["Content-Encoding"] == "gzip"
    client.close()


def test_a_client_of_http_1_0_is_told_that_the_connection_goes_on(running: Running) -> None:
    request = b"GET /metrics HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
    with connect(running.port) as connection:
        for _ in range(5):
            connection.sendall(request)
            answer = b""
            while b"perf_exporter_collector_cpu" not in answer:
                answer += connection.recv(65536)
            assert b"\r\nConnection: keep-alive\r\n" in answer
