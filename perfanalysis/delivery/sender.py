"""Empties one spool: the oldest document first, again and again until its receiver has it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import (
    Answer,
    DeliveryOutcome,
    Destination,
    DestinationClient,
)
from perfanalysis.delivery.spool import Entry, Spool
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.locks import FileLock, LockedError

LOG = logging.getLogger(__name__)


class SenderBusyError(PerfAnalysisError):
    """Another process sends from this spool."""


Listener = Callable[[Entry, Answer], None]


class Sender:
    """The one sender of a spool; a context manager, which holds the spool's sender lock.

    Args:
        spool: what is emptied.
        destination: where to.
        backoff: the waits between attempts.
        keep_refused: whether a refused document goes to the dead-letter folder, or is dropped.
        listener: told of every attempt.

    Raises:
        SenderBusyError: on entering, when another process or thread sends from this spool.
    """

    def __init__(
        self,
        spool: Spool,
        destination: Destination,
        *,
        backoff: Backoff | None = None,
        keep_refused: bool = True,
        listener: Listener | None = None,
    ) -> None:
        self.spool = spool
        self.destination = destination
        self.last_failure = ""
        self._backoff = backoff or Backoff()
        self._keep_refused = keep_refused
        self._listener = listener
        self._client = DestinationClient(destination)
        self._failures = 0
        self._not_before = 0.0
        self._last_refusal: Answer | None = None
        self._lock: FileLock | None = None
        self._listed: deque[Entry] = deque()
        self._news = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._lock = FileLock(self.spool.folder / "sender.lock", wait=False)
        except LockedError as error:
            raise SenderBusyError(
                f"{self.spool.folder}: another process sends from this spool"
            ) from error
        return self

    def __exit__(self, *error: object) -> None:
        assert self._lock is not None
        self._lock.release()
        self._client.close()

    def wait_seconds(self) -> float:
        """How long the next attempt has to wait."""
        return max(0.0, self._not_before - time.monotonic())

    def notify(self) -> None:
        """Let a ``run`` that waits for documents look at once; for other threads."""
        self._news.set()

    def attempt(self) -> Answer | None:
        """Send the oldest document once, whatever the backoff says; None when there is none.

        Raises:
            PerfAnalysisError: the key or the spool cannot be read; the document still waits.
        """
        while (entry := self._oldest()) is not None:
            try:
                document = self.spool.read(entry)
            except FileNotFoundError:
                # Somebody took it away meanwhile.
                self._listed.popleft()
                continue
            except ValueError as error:
                answer = Answer(
                    DeliveryOutcome.REFUSED, 0, f"the file in the spool is damaged: {error}"
                )
            except OSError as error:
                raise PerfAnalysisError(
                    f"{entry.path}: cannot be read: {error.strerror}"
                ) from error
            else:
                answer = self._client.send(document)
            self._settle(entry, answer)
            return answer
        return None

    def _oldest(self) -> Entry | None:
        # Listing a long queue for each of its documents would take longer than sending them.
        if not self._listed:
            self._listed.extend(self.spool.waiting())
        return self._listed[0] if self._listed else None

    def run(
        self, stop: threading.Event, *, until: float | None = None, idle_seconds: float = 0.0
    ) -> None:
        """Send until ``stop`` is set, the clock passes ``until``, or nothing is left.

        Args:
            stop: ends the run; it also ends a wait for the receiver.
            until: a time of ``time.monotonic``; None for no end.
            idle_seconds: when nothing is left, look again after this time, or when ``notify`` is
                called; 0 to end then.

        Raises:
            PerfAnalysisError: see ``attempt``.
        """
        while not stop.is_set():
            wait = self.wait_seconds()
            if until is not None and time.monotonic() + wait > until:
                return
            if wait and stop.wait(wait):
                return
            if self.attempt() is None:
                if not idle_seconds:
                    return
                self._news.wait(idle_seconds)
                self._news.clear()

    def _settle(self, entry: Entry, answer: Answer) -> None:
        if answer.outcome is DeliveryOutcome.RETRY:
            self._failures += 1
            wait = self._backoff.wait(self._failures, answer.retry_after)
            self._not_before = time.monotonic() + wait
            self.last_failure = f"status {answer.status}" if answer.status else answer.text
            level = logging.DEBUG if self._failures > 1 else logging.WARNING
            LOG.log(level, "%s: %s; trying again", self.destination.shown, self.last_failure)
        else:
            if self._failures:
                LOG.info("%s answers again", self.destination.shown)
            self._failures, self._not_before = 0, 0.0
            self._listed.popleft()
            if answer.outcome is DeliveryOutcome.DELIVERED:
                self.spool.delivered(entry)
            else:
                self._refused(entry, answer)
        if self._listener:
            self._listener(entry, answer)

    def _refused(self, entry: Entry, answer: Answer) -> None:
        # Each with the same answer would bury what else the log has to say.
        level = logging.DEBUG if answer == self._last_refusal else logging.ERROR
        self._last_refusal = answer
        shown = self.destination.shown
        LOG.log(level, "%s refused a document: %s %.200s", shown, answer.status, answer.text)
        if not self._keep_refused:
            with contextlib.suppress(FileNotFoundError):
                entry.path.unlink()
            return
        facts: dict[str, object] = {
            "destination": self.destination.shown,
            "status": answer.status,
            "text": answer.text,
            "answered_seconds": time.time(),
        }
        try:
            self.spool.put_aside(entry, facts)
        except OSError as error:
            raise PerfAnalysisError(
                f"{entry.path}: cannot be put aside: {error.strerror}"
            ) from error
