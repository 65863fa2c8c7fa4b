"""``--remote-write``: snapshots as requests of remote write, by time, each sent until it is taken.

The requests that the same files give are always the same. So it is enough to remember how many
the receiver has taken: an import that was interrupted goes on with the next one. That it took them
is no proof that it has them, for which it is asked in the end (``asking_back``).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from importing.asking_back import HOUR, Proof, SentSamples, prove
from importing.captures import Snapshot
from importing.journal import Journal
from importing.refusals import ALLOW_FUTURE_TIMES
from importing.series import Numbering
from importing.workplace import Workplace
from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    keep_trying,
)
from perfanalysis.delivery.destinations import Destination, DestinationClient
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.remote_write import CONTENT_TYPE, TimedSample, encode, milliseconds
from perfanalysis.errors import InputError, PerfAnalysisError

MOST_SAMPLES = 5000
FOLDER = "imports"
_WHY_DROPPED = (
    "Receivers drop in silence what lies before their retention (VictoriaMetrics: "
    "-retentionPeriod, a month by default), too far ahead of their clock, or beyond a limit: mend "
    "that"
)


class RemoteWrite:
    """Sends snapshots to a receiver.

    Args:
        destination: the receiver.
        asked: where it is asked what it has; None: nobody knows.
        name: of this import: the same for the same files.
        state: the folder that remembers what was taken.
        give_up: seconds after which a receiver that does not answer ends the import.
        allow_future_times: whether times ahead of the receiver's clock are sent, too.
        say: prints a line.

    Raises:
        InputError: the state folder cannot be used.
        PerfAnalysisError: the same import is running.
    """

    def __init__(  # noqa: PLR0913 - a receiver, an import, and how they are
        self,
        destination: Destination,
        asked: Endpoint | None,
        name: str,
        state: Path,
        *,
        give_up: float,
        allow_future_times: bool,
        say: Callable[[str], None],
    ) -> None:
        mark = hashlib.sha256(f"{name} {destination.name}".encode()).hexdigest()[:16]
        try:
            (state / FOLDER).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            expected = f"a folder that can be written to ({error.strerror})"
            raise InputError("--state-directory", "", expected, str(state)) from error
        self._work = Workplace(state / FOLDER / mark, "--state-directory")
        self._client = DestinationClient(destination)
        self._destination = destination
        self._asked = asked
        self._give_up = give_up
        self._allow_future_times = allow_future_times
        self._say = say
        self._numbering = Numbering()
        self._waiting: dict[int, tuple[bytes, float]] = {}
        self._requests = 0
        self._samples = 0
        self._sent: dict[str, SentSamples] = {}
        self._journal = Journal(self._work.folder)

    @property
    def taken(self) -> int:
        """How many requests the receiver has taken."""
        return self._journal.taken

    @property
    def done(self) -> bool:
        """Whether it has taken them all."""
        return self._journal.sent is not None

    def begin_anew(self) -> None:
        """Forget what was taken."""
        self._journal.forget()

    def proof(self) -> Proof:
        """What the receiver has of an import that it has taken all of."""
        return prove(self._journal.sent or {}, self._asked)

    def take(self, snapshot: Snapshot) -> None:
        """Send the samples of a snapshot, or keep them for the next request.

        Raises:
            PerfAnalysisError: the receiver refused a request, or did not answer for too long.
        """
        for batch in snapshot.batches:
            numbers, suffixes = self._numbering.of(snapshot.machine.name, batch.series)
            # A request holds one sample of a series, so that it can be repeated.
            if len(self._waiting) + len(
                numbers
            ) > MOST_SAMPLES or not self._waiting.keys().isdisjoint(numbers):
                self._send()
            for number, value, suffix in zip(numbers, batch.values, suffixes, strict=True):
                self._waiting[number] = (value + suffix, snapshot.time)
            sent = self._sent.setdefault(snapshot.machine.name, SentSamples())
            # As it is sent, in milliseconds.
            hour = milliseconds(snapshot.time) // (HOUR * 1000)
            sent.hours[hour] = sent.hours.get(hour, 0) + len(numbers)

    def _send(self) -> None:
        if not self._waiting:
            return
        self._requests += 1
        self._samples += len(self._waiting)
        if self._requests > self.taken:
            labels = self._numbering.table.labels
            series = [
                TimedSample(*labels[number], float(value), when)
                for number, (value, when) in self._waiting.items()
            ]
            body = encode(series)
            document = Document(body, CONTENT_TYPE, hashlib.sha256(body).hexdigest())
            self._deliver(document, max(one.timestamp for one in series), len(series))
            self._journal.note(self._requests)
        self._waiting = {}

    def _unknown_time(self, newest: float) -> Answer | None:
        """Why the receiver does not tell its time; see that no sample is ahead of it.

        Raises:
            PerfAnalysisError: one is, and that was not allowed.
        """
        if self._allow_future_times:
            return None
        unknown = self._client.learn_time()
        if self._client.clock.wait_for(newest):
            ahead = newest - (self._client.clock.now() or newest)
            raise PerfAnalysisError(
                f"{self._destination.shown}: samples are {ahead:.0f} s ahead of the receiver's "
                f"clock, and were not sent: one of both clocks is wrong, or the times of "
                f"the files; {ALLOW_FUTURE_TIMES} insists"
            )
        return unknown

    def _deliver(self, document: Document, newest: float, count: int) -> None:
        def once() -> None:
            answer = self._unknown_time(newest) or self._client.send(document)
            if answer.outcome is DeliveryOutcome.REFUSED:
                raise PerfAnalysisError(
                    f"{shown} refused {count} samples, or some of them: {answer.said}"
                )
            if answer.outcome is DeliveryOutcome.HEALABLE:
                raise PerfAnalysisError(
                    f"{shown} does not take samples: {answer.said}; mend that: the same command "
                    "goes on from here"
                )
            if answer.outcome is DeliveryOutcome.RETRY:
                raise PassingFailure(answer.words, answer.retry_after, answer.remedy)

        def failed(failure: PassingFailure, failures: int) -> None:
            if failures == 1:
                self._say(f"{shown}: {failure}; trying again")

        shown = self._destination.shown
        patience = Patience(until=time.monotonic() + self._give_up)
        try:
            keep_trying(once, Backoff(longest=30.0), patience, failed)
        except GaveUpError as error:
            raise PerfAnalysisError(
                f"{shown} does not take samples: {error.said}; the same command goes on from here"
            ) from error

    def finish(self) -> str:
        """Send what is left, and ask the receiver what it has of all; says what was sent.

        Raises:
            PerfAnalysisError: see ``take``; or the receiver has not kept what it took.
        """
        self._send()
        for metric, labels in self._numbering.table.labels:
            self._sent[labels["instance"]].metrics.add(metric)
        self._journal.note(self._requests, self._sent)
        said = f"{self._destination.shown}: {self._samples} samples in {self._requests} requests"
        self._say("asking the receiver what it has")
        proof = self.proof()
        if proof.found is None:
            return f"{said}; {unproven(proof)}"
        if not proof.whole:
            self.begin_anew()
            raise PerfAnalysisError(
                f"{said} were taken, and {proof.found} of them are there: missing are "
                f"{proof.said}. {_WHY_DROPPED}; the same command then sends all anew"
            )
        return f"{said}, and all are there" + (f"; {proof.doomed}" if proof.doomed else "")

    def close(self) -> None:
        """Close the connection, and let others use the folder."""
        self._client.close()
        self._work.release()


def unproven(proof: Proof) -> str:
    """That nobody knows whether a receiver has what it took, and why."""
    return (
        f"nothing proves that it has stored them ({proof.said}): an answer of 2xx does not, "
        "since some drop in silence what they do not want; --query-url names where it is asked"
    )
