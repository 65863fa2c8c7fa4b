"""Remote write against a real Prometheus, which is stopped and started again."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import cramjam
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from demo.servers import free_port, start_prometheus
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.remote_write import CONTENT_TYPE, STALE, TimedSample, decode, encode
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import Spool

CONFIGURATION = "global: {scrape_interval: 1h}\n"


def values(url: str, query: str, when: float) -> dict[str, float]:
    answer = requests.get(
        f"{url}/api/v1/query", params={"query": query, "time": str(when)}, timeout=10
    ).json()
    return {e["metric"].get("step", ""): float(e["value"][1]) for e in answer["data"]["result"]}


def test_the_bytes_of_a_known_request() -> None:
    body = encode([TimedSample("up", {"b": "2", "a": "1", "empty": ""}, 1.5, 1.25)])
    # By hand from prompb/types.proto: labels a, b after __name__, then value and milliseconds.
    plain = (
        b"\x0a\x2e\x0a\x0e\x0a\x08__name__\x12\x02up\x0a\x06\x0a\x01a\x12\x011"
        b"\x0a\x06\x0a\x01b\x12\x012\x12\x0c\x09\0\0\0\0\0\0\xf8\x3f\x10\xe2\x09"
    )
    assert bytes(cramjam.snappy.decompress_raw(body)) == plain


@given(
    st.lists(
        st.builds(
            TimedSample,
            st.from_regex(r"[a-z_]{1,9}", fullmatch=True),
            st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.text(min_size=1)),
            st.floats(allow_nan=False),
            st.integers(-(10**9), 10**9).map(float),
        )
    )
)
def test_what_is_encoded_is_decoded(series: list[TimedSample]) -> None:
    assert decode(encode(series)) == series


@pytest.mark.parametrize("body", [b"", b"\xff\xff\xff", b"\x03\x08abc"])
def test_no_request(body: bytes) -> None:
    with pytest.raises(ValueError, match="no remote-write request"):
        decode(body)


def test_nothing_is_lost_while_prometheus_is_away(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION)
    port = free_port()
    destination = Destination("remote-write", Endpoint(f"http://127.0.0.1:{port}/api/v1/write"))
    spool = Spool(tmp_path / "spool")
    start = time.time() - 30

    def add(step: int) -> None:
        series = [TimedSample("perf_test", {"step": str(step)}, step, start + step)]
        series.append(TimedSample("perf_same", {}, step, start + step))
        spool.add(encode(series), CONTENT_TYPE)

    quick = Backoff(first=0.05, longest=0.2)
    stop = threading.Event()
    with Sender(spool, destination, backoff=quick) as sender:
        thread = threading.Thread(target=lambda: sender.run(stop, idle_seconds=0.2))
        thread.start()
        try:
            for step in range(5):
                add(step)
            for outage in (1, 2):
                server, url = start_prometheus(
                    tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log", port=port
                )
                try:
                    end = time.monotonic() + 60
                    while spool.waiting():
                        assert time.monotonic() < end
                        time.sleep(0.02)
                    found = values(url, "perf_test", start + 5 * outage)
                    assert found == {str(step): float(step) for step in range(5 * outage)}
                    count = values(url, "count_over_time(perf_same[1m])", start + 20)
                    assert count == {"": 5.0 * outage}
                finally:
                    server.stop()
                for step in range(5 * outage, 5 * outage + 5):
                    add(step)
        finally:
            stop.set()
            thread.join()
    assert spool.dead() == []
    assert len(spool.waiting()) == 5


def test_prometheus_takes_a_repeated_request_and_a_stale_marker(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    spool = Spool(tmp_path / "spool")
    now = time.time()
    try:
        destination = Destination("remote-write", Endpoint(f"{url}/api/v1/write"))
        for value, when in ((1.0, now - 2), (1.0, now - 2), (STALE, now - 1)):
            spool.add(
                encode([TimedSample("perf_test", {}, value, when)], {"job": "node"}), CONTENT_TYPE
            )
        with Sender(spool, destination) as sender:
            sender.run(threading.Event())
        assert spool.waiting() == spool.dead() == []
        assert values(url, 'perf_test{job="node"}', now - 1.5) == {"": 1.0}
        assert values(url, "perf_test", now) == {}
    finally:
        server.stop()
