"""Empties one spool: the oldest document first, again and again until its receiver has it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from delivery.destinations import Answer, Client, Destination, Outcome
from delivery.spool import Entry, Spool
from perfanalysis.errors import PerfAnalysisError

LOG = logging.getLogger(__name__)


class SenderBusyError(PerfAnalysisError):
    """Another process sends from this spool."""


@dataclass(frozen=True)
class Backoff:
    """How long to wait after failures: doubled each time, and half of it by chance, seconds."""

    first: float = 1.0
    longest: float = 300.0

    def seconds(self, failures: int, chance: float) -> float:
        """The wait after that many failures in a row (at least 1); ``chance`` is from 0 to 1."""
        whole = min(self.longest, self.first * 2.0 ** min(failures - 1, 60))
        return whole * (0.5 + chance / 2)


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
        self._client = Client(destination)
        self._failures = 0
        self._not_before = 0.0
        self._lock = -1

    def __enter__(self) -> Self:
        path = self.spool.folder / "sender.lock"
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise SenderBusyError(
                f"{self.spool.folder}: another process sends from this spool"
            ) from error
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._lock)
        self._client.close()

    def wait_seconds(self) -> float:
        """How long the next attempt has to wait."""
        return max(0.0, self._not_before - time.monotonic())

    def attempt(self) -> Answer | None:
        """Send the oldest document once, whatever the backoff says; None when there is none.

        Raises:
            PerfAnalysisError: the key or the spool cannot be read; the document still waits.
        """
        entries = self.spool.waiting()
        if not entries:
            return None
        entry = entries[0]
        try:
            document = self.spool.read(entry)
        except FileNotFoundError:
            return None
        except ValueError as error:
            answer = Answer(Outcome.REFUSED, 0, f"the file in the spool is damaged: {error}")
        except OSError as error:
            raise PerfAnalysisError(f"{entry.path}: cannot be read: {error.strerror}") from error
        else:
            answer = self._client.send(document)
        self._settle(entry, answer)
        return answer

    def run(self, stop: threading.Event, *, until: float | None = None, idle: bool = False) -> None:
        """Send until ``stop`` is set, the clock passes ``until``, or nothing is left.

        Args:
            stop: ends the run; it also ends a wait.
            until: a time of ``time.monotonic``; None for no end.
            idle: whether to go on waiting for documents when nothing is left.

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
                if not idle:
                    return
                stop.wait(0.2)

    def _settle(self, entry: Entry, answer: Answer) -> None:
        if answer.outcome is Outcome.RETRY:
            self._failures += 1
            # S311: spreads load, guards nothing.
            wait = self._backoff.seconds(self._failures, random.random())  # noqa: S311
            self._not_before = time.monotonic() + max(wait, answer.retry_after)
            self.last_failure = f"status {answer.status}" if answer.status else answer.text
            LOG.info(
                "%s: %s, attempt %d", self.destination.shown, self.last_failure, self._failures
            )
        else:
            self._failures, self._not_before = 0, 0.0
            if answer.outcome is Outcome.DELIVERED:
                self.spool.delivered(entry)
            else:
                self._refused(entry, answer)
        if self._listener:
            self._listener(entry, answer)

    def _refused(self, entry: Entry, answer: Answer) -> None:
        LOG.error(
            "%s refused a document: %s %.200s", self.destination.shown, answer.status, answer.text
        )
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
