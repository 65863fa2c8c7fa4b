"""What clients may do to the server."""

from __future__ import annotations

import contextlib
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

from exporter.serving.unread import MOST_UNREAD
from tests.exporter.conftest import StartExporter
from tests.exporter.serving.conftest import resident_bytes


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
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 200_000, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"A: a\r\n" * 20000, b"431"),
        (b"DELETE /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"405"),
        (b"BREW /metrics HTTP/1.1\r\n\r\n", b"405"),
        (b"GET /../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n" + b"a" * 99999, b"413"),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
    ],
)
def test_requests_and_their_status(
    data: bytes, status: bytes, start_exporter: StartExporter
) -> None:
    answer = exchange(start_exporter().port, data)
    assert answer.split(b" ", 2)[1] == status


@pytest.mark.parametrize("count", [1, 3])
def test_a_client_that_has_said_all_it_will_gets_its_pages(
    count: int, start_exporter: StartExporter
) -> None:
    with socket.create_connection(("127.0.0.1", start_exporter().port), timeout=10) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * count)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert answer.count(b"HTTP/1.1 200 OK") == count
    assert answer.endswith(b"\n")


def test_requests_in_one_packet_are_answered_in_order(start_exporter: StartExporter) -> None:
    both = (
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    answer = exchange(start_exporter().port, both)
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("said", [b"", b"GET /metrics HTTP/1.1\r\nHost: a"])
def test_1000_half_open_connections_do_not_stop_a_scrape(
    said: bytes, start_exporter: StartExporter
) -> None:
    running = start_exporter()
    kept = requests.Session()
    assert kept.get(running.url + "/metrics", timeout=10).status_code == 200
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 10))
            client.sendall(said)
        # Both a scraper that comes and one that has been there before.
        assert requests.get(running.url + "/metrics", timeout=10).status_code == 200
        assert kept.get(running.url + "/metrics", timeout=10).status_code == 200
        # Only so many of them are held; what of the machine is kept open is another matter.
        assert len(psutil.Process(running.process.pid).net_connections("tcp")) < 600
    assert "Traceback" not in running.log.read_text()


def test_clients_that_send_a_byte_now_and_then_do_not_stop_a_scrape(
    start_exporter: StartExporter,
) -> None:
    running = start_exporter()
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 10))
            for _ in range(200)
        ]
        for byte in b"GET /metrics HTTP/1.1\r\nX":
            for client in clients:
                client.sendall(bytes([byte]))
            assert requests.get(running.url + "/metrics", timeout=10).status_code == 200


def test_a_client_that_asks_and_never_reads_costs_no_memory(start_exporter: StartExporter) -> None:
    running = start_exporter()
    for _ in range(20):
        requests.get(running.url + "/metrics", timeout=10)
    before = resident_bytes(running.process.pid)
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port), 10) as client:
        client.settimeout(1.0)
        sent = 0
        # Answers to 64 MB of requests would be 900 MB.
        with contextlib.suppress(TimeoutError, ConnectionError):
            while sent < 64_000_000:
                sent += client.send(request * 10)
        assert requests.get(running.url + "/metrics", timeout=10).status_code == 200
    assert sent < 64_000_000
    assert resident_bytes(running.process.pid) - before < 16_000_000


def unread_by_kernel(port: int) -> int:
    """Bytes that the kernel holds for clients of a port (proc(5), the column tx_queue)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(row[4].split(":")[0], 16) for row in rows if row[1].endswith(f":{port:04X}"))


@pytest.mark.parametrize("pipelined", [True, False])
def test_what_clients_do_not_read_is_bounded_in_the_kernel(
    pipelined: bool, start_exporter: StartExporter
) -> None:
    running = start_exporter("--web.max-requests=0")
    page = len(requests.get(running.url + "/metrics", timeout=10, stream=True).raw.read())
    request = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(100):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", running.port))
            clients.append(client)
        for _ in range(1 if pipelined else 16):
            for client in clients:
                client.sendall(request * (16 if pipelined else 1))
            assert requests.get(running.url + "/metrics", timeout=20).status_code == 200
        held = unread_by_kernel(running.port)
        # A page each, and at most what one socket more takes.
        assert 100 * 1000 < held < 100 * (page + 4 * MOST_UNREAD)
        # Who reads at last gets them all.
        clients[0].settimeout(20)
        clients[0].shutdown(socket.SHUT_WR)
        answers = b""
        while piece := clients[0].recv(65536):
            answers += piece
        assert answers.count(b"HTTP/1.1 200 OK") == 16


def test_scrapes_beyond_the_limit_are_told_to_come_again(
    start_exporter: StartExporter, tree: Path
) -> None:
    # A collector that hangs: its file is a pipe that nobody writes to.
    (tree / "proc" / "loadavg").unlink()
    os.mkfifo(tree / "proc" / "loadavg")
    running = start_exporter(
        f"--path.procfs={tree / 'proc'}",
        f"--path.sysfs={tree / 'sys'}",
        "--web.max-requests=2",
        "--collector.timeout=2",
    )
    with ThreadPoolExecutor(6) as pool:
        pages = list(
            pool.map(lambda _: requests.get(running.url + "/metrics", timeout=20), range(6))
        )
    statuses = [page.status_code for page in pages]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 2
    assert "try again later" in next(page for page in pages if page.status_code == 503).text
    assert requests.get(running.url + "/metrics", timeout=20).status_code == 200
