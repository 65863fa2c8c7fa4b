"""An exporter that pushes to a Prometheus, and what became of its pushes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from demo.servers import free_port
from tests.chaos.parts import Part, answers, seconds_until
from tests.chaos.stack import PERFANALYSIS, QUEUED
from tests.exporter.pushing.conftest import Prometheus

SERIES = 'node_load1{instance="web-1"}'


class Pusher(Part):
    """The exporter; its figures are read from its page."""

    def __init__(self, folder: Path, url: str, flags: Sequence[str], words: Sequence[str]) -> None:
        port = free_port()
        self.page = f"http://127.0.0.1:{port}/metrics"
        command = [*words, *PERFANALYSIS, "exporter", f"--web.listen-address=127.0.0.1:{port}"]
        command += ["--collector.disable-defaults", "--collector.loadavg", "--log.level=debug"]
        command += [f"--push.remote-write-url={url}", f"--push.queue.directory={folder / 'queue'}"]
        command += ["--push.interval=100ms", "--machine.name=web-1", *flags]
        super().__init__("exporter", folder, command, answers(self.page))

    def figure(self, name: str) -> float:
        """A sample of the page; 0 where there is none."""
        text = requests.get(self.page, timeout=30).text
        found = re.search(rf"^{re.escape(name)} (\S+)", text, re.M)
        return float(found[1]) if found else 0.0

    def waiting(self) -> float:
        return self.figure("perf_push_queue_documents")

    def taken(self) -> list[int]:
        """The times of pushes that the queue has taken, in milliseconds."""
        return [int(when) for when in QUEUED.findall(self.text)]

    def until_empty(self, seconds: float = 120) -> float:
        return seconds_until(lambda: self.waiting() <= 2, "an empty queue", seconds)


@contextmanager
def pushing(
    folder: Path, prometheus: Prometheus, *flags: str, url: str = "", words: Sequence[str] = ()
) -> Iterator[Pusher]:
    """An exporter that pushes to it, or to another address."""
    exporter = Pusher(folder, url or prometheus.write_url, flags, words)
    exporter.start()
    try:
        yield exporter
    finally:
        exporter.end()


def check_once(prometheus: Prometheus, exporter: Pusher) -> None:
    """Each push that was taken is there, and no time twice; what was last is still on its way."""
    exporter.end()
    time.sleep(1)
    found = prometheus.times(SERIES)
    assert len(found) == len(set(found))
    missing = set(exporter.taken()[:-5]) - set(found)
    assert not missing, sorted(missing)[:5]
