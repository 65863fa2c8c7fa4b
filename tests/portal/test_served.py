"""A portal as people run it: first start, end, the spool that delivers to it, Prometheus."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import prometheus_program, start_prometheus
from perfanalysis.delivery.answers import DeliveryOutcome
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import Spool
from tests.portal.running import Running, running
from tests.portal.serving import DOCUMENT, document

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def portal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def portal(portal_folder: Path) -> Iterator[Running]:
    database = f"sqlite:///{portal_folder}/portal.sqlite"
    with running(portal_folder, database, "--body-seconds", "1") as found:
        yield found


def test_the_first_start_makes_all_and_prints_a_key_once(
    portal: Running, portal_folder: Path
) -> None:
    assert portal.ask("GET", "/api/v1/keys/own").json()["is_operator"] is True
    assert (portal_folder / "portal.sqlite").stat().st_mode & 0o077 == 0
    database = f"sqlite:///{portal_folder}/portal.sqlite"
    with running(portal_folder / "again", database) as second:
        assert second.key == ""
        assert second.ask("GET", "/readyz").status_code == 200
        assert second.stop() == 0
    # The whole key is in no file of the database and no line of the log.
    for path in portal_folder.glob("portal.sqlite*"):
        assert portal.key.encode()[-20:] not in path.read_bytes()


def test_the_log_tells_of_requests_and_holds_no_key(portal: Running) -> None:
    answer = requests.get(
        f"{portal.url}/api/v1/tests?cursor={portal.key}",
        headers={"X-Api-Key": portal.key, "X-Request-ID": "from-a-proxy"},
        timeout=10,
    )
    assert answer.headers["X-Request-ID"] == "from-a-proxy"
    assert portal.key not in answer.text
    lines = [json.loads(line) for line in portal.log.splitlines()]
    (line,) = [one for one in lines if one.get("request_id") == "from-a-proxy"]
    assert (line["route"], line["status"], line["tenant"]) == ("/api/v1/tests", 422, "default")
    assert portal.key[16:] not in portal.log


def test_a_spool_delivers_and_understands_the_answers(portal: Running, tmp_path: Path) -> None:
    keys = {"good": portal.key, "bad": portal.key[:-1]}
    for name, key in keys.items():
        (tmp_path / name).write_text(key)

    def deliver(name: str, body: bytes) -> tuple[DeliveryOutcome, str]:
        spool = Spool(tmp_path / "spool" / name)
        spool.add(body, "application/json", DOCUMENT["test_id"])
        endpoint = Endpoint(
            f"{portal.url}/api/v1/tests", credentials=Credentials(file=str(tmp_path / name))
        )
        with Sender(spool, Destination("upload", endpoint)) as sender:
            answer = sender.attempt()
        assert answer is not None
        return answer.outcome, answer.said

    assert deliver("bad", document())[0] is DeliveryOutcome.HEALABLE
    assert deliver("good", document())[0] is DeliveryOutcome.DELIVERED
    assert deliver("good", document())[0] is DeliveryOutcome.DELIVERED
    outcome, said = deliver("good", document(duration_seconds=1.0))
    assert (outcome, "another document" in said) == (DeliveryOutcome.REFUSED, True)
    assert deliver("good", b"{}")[0] is DeliveryOutcome.REFUSED
    assert len(portal.ask("GET", "/api/v1/tests").json()["tests"]) == 1


def test_prometheus_scrapes_what_it_discovers_here(portal: Running, tmp_path: Path) -> None:
    """The target is the portal itself: whatever serves metrics would do."""
    if not prometheus_program():
        pytest.skip("needs Prometheus")
    machine = {"name": "web-1", "address": f"127.0.0.1:{portal.port}", "region": "eu-1"}
    assert portal.ask("POST", "/api/v1/machines", json=machine).status_code == 200
    (tmp_path / "key").write_text(portal.key)
    (tmp_path / "prometheus.yml").write_text(
        f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    http_sd_configs:
      - url: {portal.url}/api/v1/discovery/prometheus
        refresh_interval: 1s
        authorization: {{credentials_file: {tmp_path}/key}}
    relabel_configs:
      - {{source_labels: [__meta_perfanalysis_region], target_label: region}}
"""
    )
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:

        def up() -> list[dict[str, object]]:
            asked = requests.get(f"{url}/api/v1/query", {"query": "up == 1"}, timeout=10)
            found: list[dict[str, object]] = asked.json()["data"]["result"]
            return found

        server.wait_until(lambda: bool(up()), "a scraped target", 60)
        assert up()[0]["metric"] == {
            "__name__": "up",
            "instance": "web-1",
            "job": "node",
            "region": "eu-1",
        }
    finally:
        server.stop()


def raw(portal: Running, data: bytes, wait: float = 0.0, more: bytes = b"") -> bytes:
    """What is answered to bytes of any kind."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
        connection.sendall(data)
        if wait:
            time.sleep(wait)
        if more:
            connection.sendall(more)
        found = b""
        while part := connection.recv(65536):
            found += part
            if b"\r\n\r\n" in found:
                return found
    return found


def test_slow_and_malformed_requests_get_4xx_and_hurt_nobody(portal: Running) -> None:
    head = f"POST /api/v1/tests HTTP/1.1\r\nHost: x\r\nX-Api-Key: {portal.key}\r\n".encode()
    slow = threading.Thread(
        target=lambda: answers.append(raw(portal, head + b"Content-Length: 9\r\n\r\n{"))
    )
    answers: list[bytes] = []
    slow.start()
    assert portal.ask("GET", "/healthz").status_code == 200
    assert raw(portal, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(portal, head + b"Content-Length: -1\r\n\r\n").startswith(b"HTTP/1.1 400")
    huge = head + b"Content-Length: 99999999999\r\n\r\n"
    assert raw(portal, huge).startswith(b"HTTP/1.1 413")
    traversal = b"GET /api/v1/tests/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n"
    assert raw(portal, traversal).startswith(b"HTTP/1.1 4")
    slow.join()
    assert answers[0].startswith(b"HTTP/1.1 408")


def test_it_finishes_what_was_begun_when_it_stops(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite"
    with running(tmp_path, f"sqlite:///{database}") as portal:
        body = document()
        head = (
            f"POST /api/v1/tests HTTP/1.1\r\nHost: x\r\nX-Api-Key: {portal.key}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
            connection.sendall(head + body[:100])
            time.sleep(0.5)
            portal.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(body[100:])
            assert connection.recv(100).startswith(b"HTTP/1.1 201")
        assert portal.process.wait(60) == 0
    with sqlite3.connect(database) as connection_:
        assert connection_.execute("SELECT count(*) FROM load_tests").fetchone() == (1,)


def test_it_takes_nothing_new_when_it_stops_and_does_not_wait_forever(tmp_path: Path) -> None:
    flags = ("--stop-seconds", "1", "--body-seconds", "60")
    with running(tmp_path, f"sqlite:///{tmp_path}/portal.sqlite", *flags) as portal:
        head = (
            f"POST /api/v1/tests HTTP/1.1\r\nHost: x\r\nX-Api-Key: {portal.key}\r\n"
            "Content-Length: 1000\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", portal.port), timeout=30) as connection:
            connection.sendall(head)
            assert portal.ask("GET", "/readyz").status_code == 200
            portal.process.send_signal(signal.SIGTERM)
            until = time.monotonic() + 30
            with pytest.raises(ConnectionRefusedError):
                while time.monotonic() < until:
                    socket.create_connection(("127.0.0.1", portal.port), timeout=30).close()
            # The one that never sends its body is not waited for.
            assert portal.process.wait(60) == 0
