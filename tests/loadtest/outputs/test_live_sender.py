"""The progress of runs: what is sent, ended, and given up."""

from __future__ import annotations

import logging

import pytest

from demo.servers import free_port
from loadtest.outputs.live_sender import LiveOutput
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.remote_write import TimedSample, decode
from perfanalysis.results.running import Running
from perfanalysis.results.series import live_series
from tests.exporter.pushing.test_encoding import is_stale
from tests.perfanalysis.delivery.conftest import Receiver, Reply

NAMES = [
    "perf_loadtest_running",
    "perf_loadtest_progress_ratio",
    "perf_loadtest_live_units_per_second",
]


def output(url: str) -> LiveOutput:
    destination = Destination("remote-write", Endpoint(url)).stored()
    return LiveOutput({"destination": destination, "labels": {"job": "node", "instance": "web-1"}})


def progress(kernel: str, ratio: float, when: float) -> list[TimedSample]:
    return live_series(
        Running(
            kernel=kernel,
            pid=1,
            progress_ratio=ratio,
            live_units_per_second=500.0,
            updated_seconds=when,
        )
    )


def test_series_have_the_runs_time_and_end_with_their_kernel(receiver: Receiver) -> None:
    live = output(receiver.url)
    live.send(progress("rmw", 0.25, 100.0), 101.0)
    live.send(progress("vector", 0.5, 102.0), 103.0)
    live.send([], 104.0)
    live.send([], 105.0)
    first, second, last = (decode(got.body) for got in receiver.got)
    assert [(one.name, one.value, one.timestamp) for one in first] == [
        (name, value, 100.0) for name, value in zip(NAMES, (1.0, 0.25, 500.0), strict=True)
    ]
    labels = {"job": "node", "instance": "web-1"}
    assert {tuple(sorted(one.labels.items())) for one in first} == {
        tuple(sorted((labels | {"kernel": "rmw"}).items()))
    }
    assert [(one.labels["kernel"], is_stale(one.value), one.timestamp) for one in second] == (
        [("vector", False, 102.0)] * 3 + [("rmw", True, 103.0)] * 3
    )
    assert [(one.labels["kernel"], is_stale(one.value)) for one in last] == [("vector", True)] * 3


def test_a_receiver_that_fails_is_asked_again_and_one_that_refuses_is_not(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.replies += [Reply(503), Reply(401), Reply(400, text="who?")]
    live = output(receiver.url)
    for number in range(5):
        live.send(progress("rmw", number / 5, 100.0 + number), 0.0)
    assert len(receiver.got) == 3
    said = [record.message.partition(": ")[2] for record in caplog.records]
    healed = "status 401: (its key is missing, wrong or too old)"
    assert said == ["status 503", healed, "status 400: who?"]


def test_what_a_receiver_says_does_not_steer_the_terminal(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.replies.append(Reply(400, text="no\x1b[31m \x1b]0;title\x07"))
    output(receiver.url).send(progress("rmw", 0.1, 100.0), 0.0)
    (record,) = caplog.records
    assert record.message.endswith(r": status 400: no\x1b[31m \x1b]0;title\x07")


def test_a_receiver_that_is_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    live = output(f"http://127.0.0.1:{free_port()}/")
    for number in range(3):
        live.send(progress("rmw", 0.1, 100.0 + number), 0.0)
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "no answer (Connection refused); see that it runs, and that host and port are right: "
        "nothing listens there"
    ]
