"""Prices of an inventory's machines for Prometheus: a text file, or remote write."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.answers import DeliveryOutcome
from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    keep_trying,
)
from perfanalysis.delivery.destinations import REMOTE_WRITE, Destination, DestinationClient
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.remote_write import CONTENT_TYPE
from perfanalysis.errors import InputError, MalformedError, PerfAnalysisError
from perfanalysis.exposition.families import Series
from perfanalysis.machines.book_prices import machine_of
from perfanalysis.machines.identity import Identity
from prices import machine_file
from prices.book.opening import Book
from prices.machine_metrics import as_remote_write, as_text, priced

_Say = Callable[[str], None]


def series_of(
    book: Book, machines: list[Identity], labels: Mapping[str, str], say: _Say
) -> list[tuple[Series, bytes]]:
    """The series of the prices that count now; ``say`` is told who has none.

    Raises:
        InputError: there is no such book, or a machine has no name of its own.
        PerfAnalysisError: the book cannot be read.
    """
    found = [machine_of(entry) for entry in machine_file.entries(book, machines, datetime.now(UTC))]
    without = [one.name for one in found if not (one.prices or one.other_prices)]
    if without:
        shown = ", ".join(without[:10]) + (", ..." if len(without) > 10 else "")
        say(f"{len(without)} of {len(found)} machines have no price in the book: {shown}")
    try:
        return priced(found, labels)
    except MalformedError as error:
        raise InputError("--inventory", "", str(error).removeprefix("expected ")) from error


def write_textfile(path: Path, series: list[tuple[Series, bytes]]) -> None:
    """Write the file in one step, so that no collector sees half of it.

    Raises:
        PerfAnalysisError: it cannot be written.
    """
    try:
        write_atomically(path, as_text(series))
    except OSError as error:
        raise PerfAnalysisError(f"{path}: cannot be written ({error.strerror})") from error


class PriceSender:
    """Sends the prices of a moment to a receiver of remote write.

    Args:
        endpoint: the receiver.
        give_up: seconds after which a receiver that takes nothing is given up.
        say: prints a line.
    """

    def __init__(self, endpoint: Endpoint, give_up: float, say: _Say) -> None:
        self._destination = Destination(REMOTE_WRITE, endpoint)
        self._client = DestinationClient(self._destination)
        self._give_up = give_up
        self._say = say

    @property
    def shown(self) -> str:
        """The receiver, without any key."""
        return self._destination.shown

    def send(self, series: list[tuple[Series, bytes]]) -> None:
        """Send samples of now.

        Raises:
            PerfAnalysisError: the receiver refused them, or did not answer for too long.
        """
        body = as_remote_write(series, time.time())
        document = Document(body, CONTENT_TYPE, hashlib.sha256(body).hexdigest())

        def once() -> None:
            answer = self._client.send(document)
            if answer.outcome is DeliveryOutcome.RETRY:
                raise PassingFailure(answer.words, answer.retry_after, answer.remedy)
            if answer.outcome is not DeliveryOutcome.DELIVERED:
                raise PerfAnalysisError(f"{self.shown} does not take prices: {answer.said}")

        def failed(failure: PassingFailure, failures: int) -> None:
            if failures == 1:
                self._say(f"{self.shown}: {failure}; trying again")

        patience = Patience(until=time.monotonic() + self._give_up)
        try:
            keep_trying(once, Backoff(longest=30.0), patience, failed)
        except GaveUpError as error:
            raise PerfAnalysisError(f"{self.shown} does not take prices: {error.said}") from error

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
