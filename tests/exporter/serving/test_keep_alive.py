"""Connections whose clients ask for the same page again and again."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httptools
import pytest

from exporter.page.negotiation import Form
from exporter.page.wanted import Wanted
from exporter.serving.audit import Audit
from exporter.serving.keep_alive import LentConnection, LentConnections
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import Running, StartExporter, samples_of

REQUEST = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


class Client:
    """Sends bytes over one connection, and reads answers one by one."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._bodies: list[bytes] = []
        self._body = b""
        self._parser = httptools.HttpResponseParser(self)
        self.statuses: list[int] = []

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self.statuses.append(self._parser.get_status_code())
        self._bodies.append(self._body)
        self._body = b""

    def ask(self, data: bytes, answers: int = 1) -> list[bytes]:
        """The bodies of the answers to what is sent."""
        self.socket.sendall(data)
        while len(self._bodies) < answers:
            piece = self.socket.recv(65536)
            assert piece, "the server has closed"
            self._parser.feed_data(piece)
        bodies, self._bodies = self._bodies, []
        return bodies

    def time(self) -> float:
        """What the page says of now."""
        return samples_of(self.ask(REQUEST)[0])["node_time_seconds"]


@pytest.fixture
def running(start_exporter: StartExporter) -> Running:
    return start_exporter("--collector.disable-defaults", "--collector.time", "--collector.process")


@pytest.fixture
def lent(running: Running) -> Iterator[Client]:
    """A client that has asked so often that its connection is lent."""
    client = Client(running.port)
    for _ in range(4):
        client.time()
    yield client
    client.socket.close()


def test_each_page_is_a_new_one(lent: Client) -> None:
    times = [lent.time() for _ in range(5)]
    assert sorted(set(times)) == times


def test_other_requests_in_between(lent: Client) -> None:
    for _ in range(3):
        assert lent.ask(HEALTH) == [b"ok\n"]
        assert lent.time()
        assert lent.ask(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n") == [b"not found\n"]
        selected = REQUEST.replace(b"metrics", b"metrics?collect[]=process")
        for _ in range(4):
            page = samples_of(lent.ask(selected)[0])
            assert "node_time_seconds" not in page
            assert page["process_open_fds"] > 3
        assert lent.time() < lent.time() < lent.time() < lent.time()
    assert set(lent.statuses) == {200, 404}


def test_requests_in_pieces_and_several_at_once(lent: Client) -> None:
    for cut in (1, 10, len(REQUEST) - 1):
        lent.socket.sendall(REQUEST[:cut])
        time.sleep(0.05)
        assert len(lent.ask(REQUEST[cut:])) == 1
        assert lent.time() < lent.time() < lent.time()
        answers = lent.ask(REQUEST * 3 + HEALTH + REQUEST[:cut], 4)
        assert answers[3] == b"ok\n"
        assert len(lent.ask(REQUEST[cut:])) == 1
        assert lent.time() < lent.time() < lent.time()


def test_nonsense_is_refused(lent: Client) -> None:
    assert lent.ask(b"nonsense\r\n\r\n") == [b"Bad Request\n"]
    assert lent.statuses[-1] == 400
    assert lent.socket.recv(1) == b""


def test_the_end_of_a_client_is_seen(running: Running, lent: Client) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))

    before = descriptors()
    others = [Client(running.port) for _ in range(70)]
    for other in others:
        for _ in range(4):
            other.time()
    assert descriptors() == before + 70
    for other in others:
        other.socket.close()
    deadline = time.monotonic() + 20
    while descriptors() > before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert lent.time()


def test_many_at_once(running: Running) -> None:
    def scrape(client: Client) -> bool:
        times = [client.time() for _ in range(30)]
        return sorted(times) == times

    clients = [Client(running.port) for _ in range(32)]
    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(scrape, clients))
    for client in clients:
        client.socket.close()


def test_a_client_that_does_not_read_gets_the_rest_later(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    # A page that no socket holds as a whole.
    help_text = "x" * 1000
    lines = [f"# HELP big_{i} {help_text}\n# TYPE big_{i} gauge\nbig_{i} {i}" for i in range(9000)]
    (tmp_path / "big.prom").write_text("\n".join(lines) + "\n")
    running = start_exporter(f"--collector.textfile.directory={tmp_path}")
    client = Client(running.port)
    sizes = set()
    for _ in range(5):
        client.socket.sendall(REQUEST)
        time.sleep(0.3)
        page = client.ask(b"")[0]
        assert samples_of(page)["big_8999"] == 8999
        sizes.add(len(page) > 9_000_000)
    assert sizes == {True}
    client.socket.close()


def test_a_source_that_hangs_does_not_hold_a_regular_client(
    start_exporter: StartExporter, tree: Path
) -> None:
    load = tree / "proc" / "loadavg"
    load.unlink()
    running = start_exporter(
        f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}", "--collector.timeout=1"
    )
    client = Client(running.port)
    for _ in range(4):
        client.ask(REQUEST)
    # What is not there is looked for again at every fourth scrape: then the pipe is opened.
    os.mkfifo(load)
    for _ in range(8):
        page = samples_of(client.ask(REQUEST)[0])
        assert page['node_scrape_collector_success{collector="loadavg"}'] == 0
        assert page['node_scrape_collector_success{collector="meminfo"}'] == 1
    assert running.log.read_text().count("loadavg has not returned") == 1
    load.open("wb").close()
    deadline = time.monotonic() + 20
    while "loadavg has returned" not in running.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert client.ask(REQUEST)
    client.socket.close()


def test_the_exporter_ends_while_connections_are_lent(running: Running, lent: Client) -> None:
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(5) == 0
    assert "Traceback" not in running.log.read_text()
    assert lent.socket.recv(1) == b""


class Lender:
    """Notes what it is given back."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self.back: list[tuple[bytes, bytes]] = []

    def give_back(self, heard: bytes, unsent: bytes) -> None:
        self.back.append((heard, unsent))


def test_what_is_heard_and_given_back() -> None:
    audit = Audit()
    lent_connections = LentConnections(1, audit)
    lender = Lender()
    server, client = socket.socketpair()
    server.setblocking(False)
    lent = LentConnection(lender, server.fileno(), REQUEST, Wanted(Form(TEXT, gzip=False), ()))
    with server, client:
        assert lent_connections.lend(lent)
        assert not lent_connections.lend(LentConnection(lender, 0, REQUEST, lent.wanted)), (
            "there is no room"
        )
        client.sendall(REQUEST)
        assert lent_connections.wait() == [lent]
        lent_connections.answer(lent, b"x 1\n")
        assert client.recv(65536).endswith(b"Content-Length: 4\r\n\r\nx 1\n")
        lent_connections.ring()
        assert lent_connections.wait() == []
        assert lender.back == []
        client.sendall(REQUEST + b"G")
        assert lent_connections.wait() == []
        assert lender.back == [(REQUEST + b"G", b"")]
        lent_connections.answer(lent, b"x 2\n")
        assert lent_connections.lend(lent)
        big = b"x" * 10_000_000
        lent_connections.answer(lent, big)
        heard, unsent = lender.back[1]
        assert heard == b""
        assert 0 < len(unsent) < len(big)
        assert lent_connections.lend(lent)
        lent_connections.take_back(server.fileno())
        lent_connections.answer(lent, b"x 3\n")
        assert len(lender.back) == 2
        assert lent_connections.lend(lent)
    lent_connections.close()
    # Each whole answer and each half one is counted, and none that was not begun.
    assert audit.lent == 2
