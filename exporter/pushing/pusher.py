"""Push mode at work: one thread puts samples into the queue on disk, another one sends them."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from exporter.page.running import ScrapeRunner
from exporter.pushing import families
from exporter.pushing.encoding import Encoder, sound
from exporter.pushing.families import PushState
from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.remote_write import CONTENT_TYPE
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import DiskFullError, Spool, SpoolError, SpoolFullError
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

LOG = logging.getLogger("exporter.push")

BACKOFF = Backoff(first=1.0, longest=60.0)
METADATA_SECONDS = 600.0
# How long the end of the process waits for the receiver; what is left is sent by the next one.
FAREWELL_SECONDS = 5.0
IDLE_SECONDS = 60.0
# A queue that was full is said to have room again when it is filled less than so far.
_ROOM = 0.9
# A Prometheus that scrapes adds this series, and rules for node_exporter look at it.
UP = Block(Layout([Series(Family("up", "gauge", "Whether the page could be made."))]), (b"1",))


class Pusher:
    """Pushes what the collectors give; a context manager, which holds the queue.

    Args:
        spool: the queue.
        destination: where to.
        encoder: of the samples.
        interval: seconds between two pushes.

    Raises:
        SenderBusyError: on entering, when another process sends from this queue.
    """

    def __init__(
        self, spool: Spool, destination: Destination, encoder: Encoder, interval: float
    ) -> None:
        self.state = PushState(spool.limits.bytes, self._clock_ahead, self._held)
        self._spool = spool
        spool.dropped = self._dropped
        self._encoder = encoder
        self._interval = interval
        self._sender = Sender(
            spool, destination, backoff=BACKOFF, keep_refused=False, listener=self._heard
        )
        self._stop = threading.Event()
        self._end_sending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._described = -METADATA_SECONDS
        self._complaint = ""
        self._torn = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._sender.__enter__()
        waiting = self._spool.waiting()
        self.state.waiting = len(waiting)
        self.state.bytes = sum(entry.size for entry in waiting)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._sender.__exit__(kind, error, traceback)

    def start(self, runner: ScrapeRunner, names: tuple[str, ...]) -> None:
        """Begin to push.

        Args:
            runner: runs the collectors.
            names: the collectors that run.
        """
        push = threading.Thread(target=self._push, args=(runner, names), name="push", daemon=True)
        send = threading.Thread(target=self._send, name="send", daemon=True)
        self._threads = [push, send]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all series, and give the receiver a moment to take what waits."""
        if not self._threads:
            return
        push, send = self._threads
        self._threads = []
        self._stop.set()
        push.join(FAREWELL_SECONDS)
        now = time.time()
        if not push.is_alive() and (body := self._encoder.farewell(now)):
            self._queue(body, now)
        end = time.monotonic() + FAREWELL_SECONDS
        while send.is_alive() and self.state.waiting > self._sender.held:
            if time.monotonic() + self._sender.wait_seconds() > end:
                break
            send.join(0.02)
        self._end_sending.set()
        self._sender.notify()
        send.join(FAREWELL_SECONDS)
        if self.state.waiting:
            LOG.warning("%d pushes wait for the next start", self.state.waiting)

    def _push(self, runner: ScrapeRunner, names: tuple[str, ...]) -> None:
        due = time.monotonic()
        # Machines that were started at once do not push at once for ever. S311: guards nothing.
        offset = random.random() * self._interval  # noqa: S311
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            when = time.time()
            blocks = self._blocks(runner, names)
            if blocks is not None:
                self._take([*blocks, UP], when)
            due += self._interval + offset
            offset = 0.0
            # What could not be pushed in time is left out: nobody knows the values of the past.
            due = max(due, time.monotonic())

    def _blocks(self, runner: ScrapeRunner, names: tuple[str, ...]) -> Sequence[Block] | None:
        made: SimpleQueue[Sequence[Block]] = SimpleQueue()
        runner.request_blocks(names, made.put)
        while not self._stop.is_set():
            try:
                return made.get(timeout=runner.limit / 4)
            except Empty:
                runner.check()
        return None

    def _take(self, blocks: Sequence[Block], when: float) -> None:
        describe = time.monotonic() - self._described >= METADATA_SECONDS
        body = self._encode(blocks, when, describe=describe)
        if body is not None and self._queue(body, when):
            self._encoder.taken()
            LOG.debug("queued the push of %d ms", round(when * 1000))
            if describe:
                self._described = time.monotonic()

    def _encode(self, blocks: Sequence[Block], when: float, *, describe: bool) -> bytes | None:
        try:
            return self._encoder.encode(blocks, when, metadata=describe)
        except (TypeError, ValueError) as error:
            # A mistake in one block must not cost the samples of the others.
            if not self._torn:
                LOG.exception("a part could not be encoded, and is left out: %s", error)
            self._torn = True
        try:
            return self._encoder.encode(sound(blocks), when, metadata=describe)
        except ValueError as error:
            # The next scrape is another one.
            LOG.error("a scrape could not be encoded: %s", error)
            return None

    def _queue(self, body: bytes, when: float) -> bool:
        try:
            entry = self._spool.add(body, CONTENT_TYPE, newest=when)
        except SpoolError as error:
            reason = families.DISK_ERROR
            if isinstance(error, SpoolFullError):
                full = isinstance(error, DiskFullError)
                reason = families.DISK_FULL if full else families.QUEUE_FULL
            with self._lock:
                self.state.dropped[reason] += 1
            if self._complaint != reason:
                LOG.error("push dropped: %s", error)
            self._complaint = reason
            return False
        if self._complaint and (self._complaint != families.QUEUE_FULL or self._has_room()):
            LOG.info("the queue takes pushes again")
            self._complaint = ""
        with self._lock:
            self.state.queued += 1
            self.state.waiting += 1
            self.state.bytes += entry.size
        self._sender.notify()
        return True

    def _dropped(self, entry: Entry) -> None:
        """The oldest push made room for the newest."""
        with self._lock:
            self.state.dropped[families.QUEUE_FULL] += 1
            self.state.waiting -= 1
            self.state.bytes -= entry.size
        if self._complaint != families.QUEUE_FULL:
            LOG.error("push dropped: the queue is full, and its oldest make room for new ones")
        self._complaint = families.QUEUE_FULL

    def _has_room(self) -> bool:
        """Whether some pushes can come before the oldest must go."""
        limits, state = self._spool.limits, self.state
        return max(state.waiting / limits.documents, state.bytes / limits.bytes) < _ROOM

    def _send(self) -> None:
        complaint = ""
        while not self._end_sending.is_set():
            try:
                self._sender.run(self._end_sending, idle_seconds=IDLE_SECONDS)
                complaint = ""
            except PerfAnalysisError as error:
                # A key that is being replaced, a disk that comes back.
                if str(error) != complaint:
                    LOG.error("cannot send: %s", error)
                complaint = str(error)
                self._end_sending.wait(BACKOFF.longest / 4)

    def _clock_ahead(self) -> float | None:
        return self._sender.clock.ahead()

    def _held(self) -> int:
        return self._sender.held

    def _heard(self, entry: Entry, answer: Answer) -> None:
        state = self.state
        with self._lock:
            if answer.kept:
                state.failed += 1
                return
            state.waiting -= 1
            state.bytes -= entry.size
            if answer.outcome is DeliveryOutcome.DELIVERED:
                state.sent += 1
                state.last_success = time.time()
            else:
                state.dropped[families.REFUSED] += 1
