"""Push mode against a real Prometheus: at rest, away, killed, an hour late."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from exporter.pushing.encoding import Encoder
from perfanalysis.delivery.remote_write import CONTENT_TYPE
from perfanalysis.delivery.spool import Spool
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout
from tests.exporter.conftest import Running, StartExporter, samples_of
from tests.exporter.pushing.conftest import SMALL, Prometheus, wait_for

QUEUED = re.compile(r"queued the push of (\d+) ms")
LOAD = Block(
    Layout(Series(Family(name, "gauge", "Load.")) for name in ("node_load1", "node_load5")),
    [b"1", b"2"],
)
SERIES = 'node_load1{instance="web-1",job="node"}'


def page_of(running: Running) -> dict[str, float]:
    return samples_of(requests.get(running.url + "/metrics", timeout=10).content)


def acknowledged(logs: list[Path]) -> list[int]:
    return sorted(int(when) for log in logs for when in QUEUED.findall(log.read_text()))


def arguments(prometheus: Prometheus, queue: Path, *more: str) -> tuple[str, ...]:
    return (
        *SMALL,
        f"--push.remote-write-url={prometheus.write_url}",
        f"--push.queue.directory={queue}",
        "--push.interval=100ms",
        "--machine.name=web-1",
        "--log.level=debug",
        *more,
    )


def test_the_page_is_in_prometheus_with_its_labels_and_ends_with_the_process(
    prometheus: Prometheus, start_exporter: StartExporter, tmp_path: Path
) -> None:
    prometheus.start()
    running = start_exporter(
        f"--push.remote-write-url={prometheus.write_url}",
        f"--push.queue.directory={tmp_path / 'queue'}",
        "--push.interval=1s",
        "--push.label=cluster=eu-1",
        "--machine.name=web-1",
    )
    wait_for(lambda: page_of(running)["perf_push_documents_sent_total"] >= 2)
    page = page_of(running)
    shown = {series.split("{")[0] for series in page}
    pushed = set(prometheus.ask("label/__name__/values"))
    # The first push has no time of a first success to tell.
    assert shown - pushed <= {"perf_push_last_success_timestamp_seconds"}
    assert pushed - shown == {"up"}
    assert prometheus.now('up{job="node",cluster="eu-1"}') == {"web-1": 1.0}
    boot = page["node_boot_time_seconds"]
    assert prometheus.now("node_boot_time_seconds") == {"web-1": boot}
    queued = page["perf_push_documents_queued_total"]
    assert queued >= page["perf_push_documents_sent_total"]
    running.process.terminate()
    assert running.process.wait(20) == 0
    assert "Traceback" not in running.log.read_text()
    # Without markers both would be there for another five minutes.
    assert prometheus.now("up") == prometheus.now("node_boot_time_seconds") == {}
    assert Spool(tmp_path / "queue").waiting() == []
    assert prometheus.complaints() == []


def test_nothing_is_lost_while_the_receiver_is_away(
    prometheus: Prometheus, start_exporter: StartExporter, tmp_path: Path
) -> None:
    queue = tmp_path / "queue"
    running = start_exporter(*arguments(prometheus, queue))
    for round_ in range(1, 3):
        before = len(acknowledged([running.log]))
        wait_for(lambda before=before: len(acknowledged([running.log])) >= before + 10)
        page = page_of(running)
        assert page["perf_push_requests_failed_total"] >= round_
        assert page["perf_push_queue_documents"] >= 5
        assert page["perf_push_queue_bytes"] > 1000
        prometheus.start()
        wait_for(lambda: page_of(running)["perf_push_queue_documents"] <= 2)
        if round_ == 1:
            prometheus.stop()
    running.process.terminate()
    assert running.process.wait(20) == 0
    # The marker of the end is no sample of a range.
    assert prometheus.times(SERIES) == acknowledged([running.log])
    log = running.log.read_text()
    assert log.count("answers again") == 2
    assert "Traceback" not in log
    assert prometheus.complaints() == []


def test_killed_at_any_point_every_acknowledged_push_arrives_once(
    prometheus: Prometheus, start_exporter: StartExporter, tmp_path: Path
) -> None:
    chance = random.Random(3)
    queue = tmp_path / "queue"
    logs = []
    for number in range(8):
        if number in (1, 4):
            prometheus.start()
        elif number == 3:
            prometheus.stop()
        running = start_exporter(*arguments(prometheus, queue))
        logs.append(running.log)
        time.sleep(chance.uniform(0.05, 0.8))
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
    # Written behind a sample that the killed one may have sent last: a duplicate, and no error.
    last = start_exporter(*arguments(prometheus, queue))
    logs.append(last.log)
    wait_for(lambda: page_of(last)["perf_push_documents_sent_total"] >= 5)
    assert page_of(last)['perf_push_documents_dropped_total{reason="refused"}'] == 0
    last.process.terminate()
    assert last.process.wait(20) == 0
    found = prometheus.times(SERIES)
    sure = acknowledged(logs)
    assert len(sure) > 20
    assert set(sure) <= set(found)
    # A push that was queued, and its process killed before it could say so.
    assert len(set(found) - set(sure)) <= 8
    assert len(set(found)) == len(found)
    # One that was killed in the middle of a request leaves half of it.
    complaints = [line for line in prometheus.complaints() if "unexpected EOF" not in line]
    assert complaints == []
    assert not any("refused a document" in log.read_text() for log in logs)


@pytest.mark.parametrize(("away", "window"), [(59 * 60, ""), (150 * 60, "3h")])
def test_hours_of_pushes_arrive_when_the_receiver_is_back(
    prometheus: Prometheus, start_exporter: StartExporter, tmp_path: Path, away: int, window: str
) -> None:
    """A queue as an outage leaves it; longer than an hour needs the out-of-order window."""
    queue = tmp_path / "queue"
    spool, encoder = Spool(queue), Encoder({"job": "node", "instance": "web-1"})
    now = time.time()
    times = [round(now - away + step, 3) for step in range(0, away - 30, 15)]
    for when in times:
        spool.add(encoder.encode([LOAD], when, metadata=False), CONTENT_TYPE)
    if window:
        prometheus.configuration += f"storage: {{tsdb: {{out_of_order_time_window: {window}}}}}\n"
    prometheus.start()
    if window:
        # Others have gone on writing: the queue is older than what Prometheus has.
        other = start_exporter(*arguments(prometheus, tmp_path / "other", "--machine.name=web-2"))
        wait_for(lambda: page_of(other)["perf_push_documents_sent_total"] >= 1)
    running = start_exporter(*arguments(prometheus, queue, "--push.interval=1s"))
    wait_for(lambda: page_of(running)["perf_push_queue_documents"] == 0)
    assert page_of(running)['perf_push_documents_dropped_total{reason="refused"}'] == 0
    found = prometheus.times(SERIES)
    assert found[: len(times)] == [round(when * 1000) for when in times]
    assert len(found) > len(times)


def test_another_process_with_the_same_queue_is_refused(
    prometheus: Prometheus, start_exporter: StartExporter, tmp_path: Path
) -> None:
    same = arguments(prometheus, tmp_path / "queue")
    first = start_exporter(*same)
    command = [sys.executable, "-m", "perfanalysis", "exporter", "--web.listen-address=127.0.0.1:0"]
    ended = subprocess.run(
        [*command, *same], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "another process sends from this spool" in ended.stderr
    assert "Traceback" not in ended.stderr
    # It would else wait for a receiver that this test does not have.
    first.process.kill()
