"""Empties one spool: the oldest document first, again and again until its receiver has it.

Two kinds do not hold up the others. A document whose samples are ahead of the receiver's clock
waits until their time has come. And one that failed often, and alike, though the receiver is
there, is set against the next one: where that is taken and the first is not, the fault is its own.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import REMOTE_WRITE, Destination, DestinationClient
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.held_back import HeldBack
from perfanalysis.delivery.receiver_clock import ReceiverClock
from perfanalysis.delivery.spool import Spool
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.locks import FileLock, LockedError

LOG = logging.getLogger(__name__)
# A document is set against the next one at so many like failures in a row, and at twice as many.
_OFTEN = 4


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
        self._last_kept: Answer | None = None
        self._backoff = backoff or Backoff()
        self._keep_refused = keep_refused
        self._listener = listener
        self._client = DestinationClient(destination)
        self._held_back = HeldBack(self._client.clock, destination.shown)
        self._failures = self._alike = 0
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

    @property
    def clock(self) -> ReceiverClock:
        """The receiver's clock, as far as it has told it."""
        return self._client.clock

    @property
    def last_failure(self) -> str:
        """What was said to the document that waits."""
        return self._last_kept.said if self._last_kept else ""

    @property
    def held(self) -> int:
        """How many documents wait for their time to come, by the receiver's clock."""
        return self._held_back.count

    def attempt(self) -> Answer | None:
        """Send the oldest document once whose time has come, whatever the backoff says.

        Returns:
            What became of it; None when there is none.

        Raises:
            PerfAnalysisError: the key or the spool cannot be read; the document still waits.
        """
        while True:
            entry = self._next()
            # Asked after the look at the queue: a document may have come a moment ago.
            if self._has_to_ask():
                if (unknown := self._client.learn_time()) is not None:
                    self._settle(self._listed[0], unknown)
                    return unknown
                continue
            if entry is None:
                return None
            answer = self._send(entry)
            if answer is None:
                # Somebody took it away meanwhile.
                self._listed.remove(entry)
                continue
            if answer.kept and self._suspicious(answer):
                answer = self._set_against_next(entry, answer)
            self._settle(entry, answer)
            return answer

    def _has_to_ask(self) -> bool:
        """Whether the receiver's time is not known, and something that waits depends on it."""
        return self._client.clock.stale and any(one.newest is not None for one in self._listed)

    def _list(self) -> None:
        # Listing a long queue for each of its documents would take longer than sending them.
        self._listed = deque(self.spool.waiting())

    def _next(self) -> Entry | None:
        """The oldest document whose time has come."""
        found = self._held_back.first_ready(self._listed)
        if found is None:
            # New ones may have come behind those that are held back.
            self._list()
            found = self._held_back.first_ready(self._listed)
            self._held_back.look(self._listed)
        return found

    def _send(self, entry: Entry) -> Answer | None:
        """Send a document once; None when it is not there any more.

        Raises:
            PerfAnalysisError: the key cannot be read.
        """
        self.spool.in_flight = entry.sequence
        try:
            document = self.spool.read(entry)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            words = f"the file in the spool is damaged: {reason}"
            return Answer(DeliveryOutcome.REFUSED, 0, words)
        return self._client.send(document)

    def _suspicious(self, answer: Answer) -> bool:
        """Whether it may be the document's own fault: nothing else tells why it fails so often."""
        times = self._alike + 1 if answer.is_like(self._last_kept) else 1
        asked_to_wait = answer.status == 429 or answer.retry_after
        often = times >= _OFTEN and times & (times - 1) == 0
        return answer.reached and often and not asked_to_wait

    def _set_against_next(self, entry: Entry, answer: Answer) -> Answer:
        """Send the next document, and this one again; what is to be made of this one then."""
        self._list()
        other = self._held_back.first_ready(self._listed, behind=entry.sequence)
        taken = self._send(other) if other else None
        if other is None or taken is None:
            return answer
        if taken.kept:
            # It is the receiver that is ill.
            self._tell(other, taken)
            return answer
        self._end(other, taken)
        if taken.outcome is DeliveryOutcome.REFUSED:
            return answer
        again = self._send(entry) or answer
        if not again.kept:
            return again
        words = f"failed {self._alike + 2} times, and right after the next one was taken"
        return Answer(DeliveryOutcome.REFUSED, again.status, f"{words}: {again.said}")

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
                self._news.wait(self._held_back.seconds(self._listed, idle_seconds))
                self._news.clear()

    def _settle(self, entry: Entry, answer: Answer) -> None:
        if not answer.kept:
            if self._failures:
                LOG.info("%s answers again", self.destination.shown)
            self._failures = self._alike = 0
            self._not_before, self._last_kept = 0.0, None
            self._end(entry, answer)
            return
        self._failures += 1
        wait = self._backoff.wait(self._failures, answer.retry_after)
        self._not_before = time.monotonic() + wait
        # The same again would bury what else the log has to say.
        again = answer.is_like(self._last_kept)
        self._alike = self._alike + 1 if again else 1
        level = logging.DEBUG if again else logging.WARNING
        self._last_kept = answer
        LOG.log(level, "%s: %s; kept, and tried again", self.destination.shown, answer.said)
        self._tell(entry, answer)

    def _end(self, entry: Entry, answer: Answer) -> None:
        """Take a document out of the queue."""
        if entry in self._listed:
            self._listed.remove(entry)
        if answer.outcome is DeliveryOutcome.DELIVERED:
            self.spool.delivered(entry)
        else:
            self._refused(entry, answer)
        self._tell(entry, answer)

    def _tell(self, entry: Entry, answer: Answer) -> None:
        self.spool.in_flight = 0
        if self._listener:
            self._listener(entry, answer)

    def _refused(self, entry: Entry, answer: Answer) -> None:
        # Each with the same answer would bury what else the log has to say.
        level = logging.DEBUG if answer == self._last_refusal else logging.ERROR
        self._last_refusal = answer
        shown = self.destination.shown
        # Of a request that is refused for some of its samples, some receivers store the others.
        part = ", or samples of it" if self.destination.kind == REMOTE_WRITE else ""
        LOG.log(level, "%s refused a document%s: %s", shown, part, answer.said)
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
