"""Sources that may be slow: each on its own interval, in its own thread, its last answer kept."""

from __future__ import annotations

import logging
import os
import random
import select
import threading
from time import monotonic
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.collectors.custom.commands import run_command
from exporter.collectors.custom.metrics import (
    CommandSource,
    HttpSource,
    Metric,
    PolledSource,
    Samples,
    check_samples,
)
from perfanalysis.errors import InputError
from perfanalysis.http_exchange import ExchangeError, exchange

LOG = logging.getLogger(__name__)

LARGEST_ANSWER = 1 << 20


class State(NamedTuple):
    """What the last attempt gave for a metric, and the last good samples with their moment."""

    samples: Samples
    since: float | None
    complaint: str


def fetch(source: PolledSource, stop: int = -1) -> bytes:
    """Run the command or ask the URL.

    Args:
        source: what to ask.
        stop: a descriptor; when it can be read, a command is killed.

    Raises:
        CollectorError: it has failed; the text holds no secret.
    """
    if isinstance(source, CommandSource):
        environment = dict(source.environment)
        return run_command(source.arguments, environment, source.schedule.timeout, stop)
    return _ask(source)


def _ask(source: HttpSource) -> bytes:
    endpoint = source.endpoint
    until = monotonic() + source.schedule.timeout
    try:
        secrets = endpoint.secrets()
        answer = exchange(
            "GET",
            endpoint.url,
            {"Accept": "application/json", **endpoint.headers, **secrets},
            until=until,
            largest=LARGEST_ANSWER,
            tls_context=endpoint.tls_context,
        )
    except (ExchangeError, InputError) as error:
        raise CollectorError(str(error)) from None
    if answer.status != 200:
        raise CollectorError(f"answered with status {answer.status}, expected 200")
    return answer.body


class Poller:
    """Asks one source again and again, from the start on, until it is stopped."""

    def __init__(self, source: PolledSource) -> None:
        self.source = source
        # A state is replaced as a whole, so that a scrape needs no lock.
        self.states: dict[str, State] = {}
        self._stop = os.eventfd(0, os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, daemon=True, name="custom")

    def start(self) -> None:
        """Begin; the first attempt is made at once."""
        self._thread.start()

    def stop(self) -> None:
        """Make no further attempt, and kill a command that runs; to be called once."""
        os.eventfd_write(self._stop, 1)

    def join(self, seconds: float) -> None:
        """Wait for the end of the attempt on its way."""
        self._thread.join(seconds)

    def _run(self) -> None:
        interval = self.source.schedule.interval
        # Each source has its own place in the interval, so that they do not all come at once.
        place = monotonic() + random.random() * interval  # noqa: S311 - no secret
        stopped: list[int] = []
        while not stopped:
            self._attempt()
            wait = (place - monotonic()) % interval
            stopped = select.select([self._stop], [], [], wait)[0]
        os.close(self._stop)

    def _attempt(self) -> None:
        try:
            self._try()
        except CollectorError as error:
            self._all_failed(str(error))
        except Exception as error:
            # The thread must go on; what it shows grows old, and the log says why.
            LOG.debug("custom metrics: %s", self.source.shown, exc_info=True)
            self._all_failed(f"{type(error).__name__}: {error}")

    def _try(self) -> None:
        data = fetch(self.source, self._stop)
        now = monotonic()
        for metric in self.source.metrics:
            try:
                samples = metric.samples(data)
                check_samples(samples)
            except CollectorError as error:
                self._failed(metric, str(error))
            else:
                self.states[metric.family.name] = State(samples, now, "")

    def _all_failed(self, text: str) -> None:
        for metric in self.source.metrics:
            self._failed(metric, text)

    def _failed(self, metric: Metric, text: str) -> None:
        name = metric.family.name
        before = self.states.get(name, State([], None, ""))
        self.states[name] = before._replace(complaint=f"{self.source.shown}: {text}")
