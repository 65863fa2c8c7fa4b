"""The process that sends a run's progress: reads ``running.json`` every second till its input ends.

Progress is of use at once or not at all, so it is in no spool: what cannot be sent is left out.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from loadtest.outputs import grafana_live
from perfanalysis.delivery.answers import DeliveryOutcome
from perfanalysis.delivery.destinations import DestinationClient, restored
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.remote_write import CONTENT_TYPE, STALE, TimedSample, encode
from perfanalysis.errors import MalformedError, PerfAnalysisError
from perfanalysis.printable import printable
from perfanalysis.results.running import Running, parse
from perfanalysis.results.series import live_series
from perfanalysis.results.state import RUNNING

LOG = logging.getLogger("perfanalysis")
EVERY_SECONDS = 1.0
TIMEOUTS = (1.0, 2.0)


class LiveOutput:
    """One receiver: gets the newest progress, and in the end that there is no more of it."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self._destination = restored(orders["destination"])
        self._client = DestinationClient(self._destination, TIMEOUTS)
        self._labels: dict[str, str] = orders["labels"]
        self._shown: list[TimedSample] = []
        self._complaint = ""
        self._refused = False

    def send(self, series: list[TimedSample], now: float) -> None:
        """Send these series, and end those of the kernel before."""
        kernels = {one.labels["kernel"] for one in series}
        gone = [one for one in self._shown if one.labels["kernel"] not in kernels]
        ended = [one._replace(value=STALE, timestamp=now) for one in gone]
        if not self._refused and (series or ended):
            self._send(series + ended)
        self._shown = series

    def _send(self, series: list[TimedSample]) -> None:
        if self._destination.kind == grafana_live.KIND:
            body, content_type = grafana_live.lines(series, self._labels), grafana_live.CONTENT_TYPE
        else:
            body, content_type = encode(series, self._labels), CONTENT_TYPE
        if not body:
            return
        newest = max(one.timestamp for one in series)
        try:
            unknown = self._client.learn_time() if content_type == CONTENT_TYPE else None
            if unknown is None and self._client.clock.wait_for(newest):
                self._complain("its time is ahead of the receiver's clock")
                return
            document = Document(body, content_type, uuid.uuid4().hex)
            answer = unknown or self._client.send(document)
        except PerfAnalysisError as error:
            self._complain(str(error))
            return
        if answer.outcome is DeliveryOutcome.DELIVERED:
            self._complaint = ""
            return
        # A result goes the same way, and will be refused or wait as well.
        self._refused = answer.outcome is DeliveryOutcome.REFUSED
        self._complain(answer.said)

    def _complain(self, text: str) -> None:
        if text != self._complaint:
            self._complaint = text
            LOG.warning("progress not sent to %s: %s", self._destination.shown, printable(text))


def read_running(path: Path) -> Running | None:
    """The content of ``running.json``; None when nothing is running."""
    with contextlib.suppress(OSError, MalformedError):
        found = parse(path.read_bytes())
        if found.pid == os.getppid():
            return found
    return None


def follow(state: Path, outputs: list[LiveOutput]) -> None:
    """Send what is new once a second, until standard input ends."""
    seen = 0.0
    due = time.monotonic()
    while True:
        due = max(due + EVERY_SECONDS, time.monotonic())
        ended = bool(select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0])
        running = None if ended else read_running(state / RUNNING)
        if running is not None and running.updated_seconds == seen:
            continue
        seen = 0.0 if running is None else running.updated_seconds
        series = [] if running is None else live_series(running)
        for output in outputs:
            output.send(series, time.time())
        if ended:
            return


def main() -> None:
    """Read the orders, one line of JSON on standard input, and follow the run."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="perfanalysis: %(message)s"
    )
    # Ctrl-C is for the run; it ends us by closing our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Only what the measured work leaves over.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    orders = json.loads(sys.stdin.readline())
    outputs = [LiveOutput(entry) for entry in orders["outputs"]]
    print("ready", flush=True)
    follow(Path(orders["state"]), outputs)


if __name__ == "__main__":
    main()
