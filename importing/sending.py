"""``--remote-write``: snapshots as requests of remote write, by time, each sent until it is taken.

The requests that the same files give are always the same. So it is enough to remember how many
the receiver has taken: an import that was interrupted goes on with the next one.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from importing.captures import Snapshot
from importing.series import Numbering
from importing.workplace import Workplace
from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    keep_trying,
)
from perfanalysis.delivery.destinations import (
    Answer,
    DeliveryOutcome,
    Destination,
    DestinationClient,
)
from perfanalysis.delivery.remote_write import CONTENT_TYPE, TimedSample, encode
from perfanalysis.delivery.spool import Document
from perfanalysis.errors import InputError, PerfAnalysisError

MOST_SAMPLES = 5000
FOLDER = "imports"
_JOURNAL = "taken.json"


class RemoteWrite:
    """Sends snapshots to a receiver.

    Args:
        destination: the receiver.
        name: of this import: the same for the same files.
        state: the folder that remembers what was taken.
        give_up: seconds after which a receiver that does not answer ends the import.
        say: prints a line.

    Raises:
        InputError: the state folder cannot be used.
        PerfAnalysisError: the same import is running.
    """

    def __init__(
        self,
        destination: Destination,
        name: str,
        state: Path,
        give_up: float,
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
        self._give_up = give_up
        self._say = say
        self._numbering = Numbering()
        self._waiting: dict[int, tuple[bytes, float]] = {}
        self._requests = 0
        self._samples = 0
        self.taken, self.done = self._read_journal()

    def _read_journal(self) -> tuple[int, bool]:
        try:
            found = json.loads((self._work.folder / _JOURNAL).read_bytes())
            return int(found["requests"]), bool(found["done"])
        except (OSError, ValueError, TypeError, KeyError):
            return 0, False

    def _write_journal(self, *, done: bool) -> None:
        text = json.dumps({"requests": self.taken, "done": done})
        write_atomically(self._work.folder / _JOURNAL, text.encode(), durable=done)

    def begin_anew(self) -> None:
        """Forget what was taken."""
        self.taken, self.done = 0, False

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
            self._deliver(Document(body, CONTENT_TYPE, hashlib.sha256(body).hexdigest()))
            self.taken = self._requests
            self._write_journal(done=False)
        self._waiting = {}

    def _deliver(self, document: Document) -> None:
        def once() -> None:
            answer = self._client.send(document)
            if answer.outcome is DeliveryOutcome.REFUSED:
                raise PerfAnalysisError(f"{shown} refused samples: {_words(answer)}")
            if answer.outcome is DeliveryOutcome.RETRY:
                raise PassingFailure(_words(answer), answer.retry_after)

        def failed(failure: PassingFailure, failures: int) -> None:
            if failures == 1:
                self._say(f"{shown}: {failure}; trying again")

        shown = self._destination.shown
        patience = Patience(until=time.monotonic() + self._give_up)
        try:
            keep_trying(once, Backoff(longest=30.0), patience, failed)
        except GaveUpError as error:
            raise PerfAnalysisError(
                f"{shown} does not take samples: {error}; the same command goes on from here"
            ) from error

    def finish(self) -> str:
        """Send what is left; says what was sent.

        Raises:
            PerfAnalysisError: see ``take``.
        """
        self._send()
        self.done = True
        self._write_journal(done=True)
        return f"{self._destination.shown}: {self._samples} samples in {self._requests} requests"

    def close(self) -> None:
        """Close the connection, and let others use the folder."""
        self._client.close()
        self._work.release()


def _words(answer: Answer) -> str:
    return f"status {answer.status}: {answer.text[:200]}" if answer.status else answer.text
