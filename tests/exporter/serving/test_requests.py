"""Each request gets one answer: also one that asks for another protocol, or has another method."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from exporter.serving.messages import Response
from exporter.serving.request_reader import InTurn, RequestReader
from tests.exporter.conftest import Running, StartExporter, samples_of
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.serving.certificates import Authority
from tests.exporter.serving.conftest import StartSecured
from tests.exporter.serving.test_keep_alive import HEALTH, REQUEST, Client
from tests.exporter.serving.test_peer import node_exporter

__all__ = ["node_exporter"]

# What curl --http2 and Java's HttpClient send to a server that they do not know yet.
H2C = (
    b"Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
)
WEBSOCKET = b"Host: a\r\nconnection: keep-alive, upgrade\r\nUPGRADE: websocket\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n"
SIZED = b"Content-Length: 27\r\n\r\nGET /healthz HTTP/1.1\r\n\r\nab"
PLAIN = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

# What is sent, and the statuses of the answers; LAST comes behind it, and ends the connection.
UPGRADES = {
    "page": (b"GET /metrics HTTP/1.1\r\n" + H2C + b"\r\n", [200, 200]),
    "landing": (b"GET / HTTP/1.1\r\n" + H2C + b"\r\n", [200, 200]),
    "head": (b"HEAD /metrics HTTP/1.1\r\n" + H2C + b"\r\n", [200, 200]),
    "nowhere": (b"GET /nowhere HTTP/1.1\r\n" + H2C + b"\r\n", [404, 200]),
    "websocket": (b"GET / HTTP/1.1\r\n" + WEBSOCKET + b"\r\n", [200, 200]),
    "tls": (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: TLS/1.2\r\n\r\n",
        [200] * 2,
    ),
    "not meant": (b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n", [200, 200]),
    "of HTTP/1.0": (b"GET / HTTP/1.0\r\n" + H2C + b"\r\n", [200]),
    "closing": (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n",
        [200],
    ),
    "pipelined": (
        b"GET / HTTP/1.1\r\n"
        + H2C
        + b"\r\n"
        + PLAIN
        + b"GET /nowhere HTTP/1.1\r\n"
        + H2C
        + b"\r\n",
        [200, 200, 404, 200],
    ),
    "pages": ((b"GET /metrics HTTP/1.1\r\n" + H2C + b"\r\n") * 3 + PLAIN, [200] * 5),
    "sized": (b"GET /nowhere HTTP/1.1\r\n" + H2C + SIZED + PLAIN, [404, 200, 200]),
    "chunked": (b"GET /nowhere HTTP/1.1\r\n" + H2C + CHUNKED + PLAIN, [404, 200, 200]),
    "empty": (b"GET / HTTP/1.1\r\n" + H2C + b"Content-Length: 0\r\n\r\n" + PLAIN, [200] * 3),
    "closing, sized": (b"GET / HTTP/1.0\r\n" + H2C + SIZED, [200]),
}
# node_exporter answers these otherwise: it serves its page whatever the method is.
OTHERS = {
    "post": (b"POST / HTTP/1.1\r\n" + H2C + SIZED + PLAIN, [405, 200, 200]),
    "connect": (b"CONNECT /metrics HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
    "connect, sized": (b"CONNECT /metrics HTTP/1.1\r\nHost: a\r\n" + SIZED, [405]),
    "connect to others": (b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n\x16\x03\x01", [404]),
    "behind a page": (REQUEST + b"CONNECT /metrics HTTP/1.1\r\nHost: a\r\n\r\n", [200, 405]),
    "options": (b"OPTIONS /metrics HTTP/1.1\r\nHost: a\r\n\r\n", [405, 200]),
    "trace": (b"TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", [405, 200]),
    "propfind": (b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", [405, 200]),
    "unknown": (b"BREW /metrics HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
    "no method": (b"nonsense\r\n\r\n", [400]),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "nonsense behind a page": (REQUEST + b"nonsense\r\n\r\n", [200, 400]),
    "nonsense behind two": (REQUEST + HEALTH + b"nonsense\r\n\r\n", [200, 200, 400]),
    "too long a body": (
        b"GET / HTTP/1.1\r\n" + H2C + b"Content-Length: 99999\r\n\r\n" + b"a" * 99999,
        [413],
    ),
}
BOTH = UPGRADES | OTHERS


def statuses(connection: socket.socket, pieces: list[bytes]) -> list[int]:
    """The statuses of all answers until the server closes."""
    answer = b""
    # It may close before it was told everything.
    with suppress(ConnectionError, ssl.SSLEOFError):
        for piece in pieces:
            connection.sendall(piece)
    with suppress(ConnectionError, ssl.SSLEOFError):
        while heard := connection.recv(65536):
            answer += heard
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d+)", answer)]


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def asked(port: int, data: bytes) -> list[int]:
    with connect(port) as connection:
        return statuses(connection, [data + LAST])


@pytest.fixture
def running(start_exporter: StartExporter) -> Running:
    return start_exporter(
        "--collector.disable-defaults", "--collector.time", "--web.enable-lifecycle"
    )


def test_one_answer_for_each_request(running: Running) -> None:
    found = {name: asked(running.port, data) for name, (data, _) in BOTH.items()}
    assert found == {name: expected for name, (_, expected) in BOTH.items()}
    assert "Traceback" not in running.log.read_text()


def test_one_answer_however_a_request_is_cut(running: Running) -> None:
    for name, (data, expected) in UPGRADES.items():
        for size in (1, 7, len(data) - 1):
            # Where the server ends it, more would meet a closed connection, which loses the answer.
            whole = data + LAST if len(expected) > 1 else data
            pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
            with connect(running.port) as connection:
                assert statuses(connection, pieces) == expected, (name, size)


def test_one_answer_for_each_request_over_tls(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section)
    context = ssl.create_default_context(cafile=str(authority.path))

    def over_tls(data: bytes) -> list[int]:
        plain = connect(running.port)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            return statuses(connection, [data + LAST])

    found = {name: over_tls(data) for name, (data, _) in BOTH.items()}
    assert found == {name: expected for name, (_, expected) in BOTH.items()}
    assert "Traceback" not in running.log.read_text()


@pytest.mark.parametrize("regular", [REQUEST, REQUEST.replace(b"Host: a\r\n", H2C)])
def test_one_answer_on_a_connection_that_has_been_kept(regular: bytes, running: Running) -> None:
    for name, (data, expected) in BOTH.items():
        with closing((client := Client(running.port)).socket):
            times = [samples_of(client.ask(regular)[0])["node_time_seconds"] for _ in range(5)]
            assert sorted(set(times)) == times
            assert statuses(client.socket, [data + LAST]) == expected, name


@pytest.fixture
def theirs(node_exporter: Path, tmp_path: Path) -> Iterator[int]:
    flags = ["--collector.disable-defaults", "--collector.time"]
    with NodeExporter(node_exporter, flags, tmp_path / "peer.log") as peer:
        yield int(peer.address.rpartition(":")[2])


def test_node_exporter_answers_the_same(theirs: int) -> None:
    # It has no /healthz.
    for name, (data, expected) in UPGRADES.items():
        with connect(theirs) as connection:
            found = statuses(connection, [data + LAST.replace(b"/healthz", b"/")])
            assert found == expected, name


def test_curl_that_would_rather_speak_http2(running: Running) -> None:
    curl = shutil.which("curl")
    if curl is None or "HTTP2" not in subprocess.check_output([curl, "--version"], text=True):
        pytest.skip("curl with HTTP/2 is not here")
    said = "%{http_code} %{http_version} %{num_connects}\n"
    paths = ["/metrics", "/healthz", "/metrics", "/-/reload"]
    command = [curl, "--silent", "--show-error", "--http2", "--max-time", "20", "-w", said]
    files = [word for path in paths for word in ("-o", "/dev/null", running.url + path)]
    ended = subprocess.run([*command, *files], capture_output=True, text=True, check=True)
    # One connection is enough, and nothing is left over on it (curl would warn).
    assert ended.stdout.splitlines() == ["200 1.1 1", "200 1.1 0", "200 1.1 0", "405 1.1 0"]
    assert ended.stderr == ""
    reload = [*command, "--data", "a=b", running.url + "/-/reload"]
    assert subprocess.check_output(reload, text=True) == "200 1.1 1\n"


JAVA = """
import java.net.URI;
import java.net.http.*;

class Scrape {
    public static void main(String[] words) throws Exception {
        var client = HttpClient.newHttpClient();
        for (var path : new String[] {"/metrics", "/healthz", "/metrics", "/nowhere"})
            say(client, HttpRequest.newBuilder(URI.create(words[0] + path)).build());
        var body = HttpRequest.BodyPublishers.ofString("now");
        say(HttpClient.newHttpClient(),
            HttpRequest.newBuilder(URI.create(words[0] + "/-/reload")).POST(body).build());
    }

    static void say(HttpClient client, HttpRequest request) throws Exception {
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.version());
    }
}
"""


def test_java_that_would_rather_speak_http2(running: Running, tmp_path: Path) -> None:
    if shutil.which("java") is None or shutil.which("javac") is None:
        pytest.skip("a JDK is not here")
    (tmp_path / "Scrape.java").write_text(JAVA)
    command = ["java", "-Xshare:auto", str(tmp_path / "Scrape.java"), running.url]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    expected = [f"{status} HTTP_1_1" for status in (200, 200, 200, 404, 200)]
    assert ended.stdout.splitlines() == expected, ended.stderr


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        # A method that is unknown is told by its line, however that comes.
        ([b"ge", b"t /metrics HTTP/1.1\r", b"\nHost: a\r\n\r\n"], [405]),
        ([b"b", b"rew / HTTP/1.1\n"], [405]),
        ([b"nonse", b"nse\r\n"], [400]),
        ([b"get / HTTP/2.0\r\n"], [400]),
        # No line begins so.
        ([b"\x16\x03\x01"], [400]),
        ([b"get ", b"a" * 9000], [400]),
    ],
)
def test_a_line_with_an_unknown_method_may_come_in_pieces(
    pieces: list[bytes], expected: list[int]
) -> None:
    taken: list[InTurn] = []
    begun: list[bool] = []
    reader = RequestReader(taken.append, lambda: begun.append(True))
    for piece in pieces[:-1]:
        reader.feed(memoryview(piece))
        assert taken == []
        assert not reader.between
    reader.feed(memoryview(pieces[-1]))
    assert [one.what.status for one in taken if isinstance(one.what, Response)] == expected
    assert begun == [True]
