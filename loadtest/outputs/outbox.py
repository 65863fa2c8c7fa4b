"""Results on their way: one spool for each receiver, below the state folder."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loadtest.outputs.wanted import REMOTE_WRITE, Output
from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.destinations import Destination, load
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.remote_write import CONTENT_TYPE, encode
from perfanalysis.delivery.sender import Sender, SenderBusyError
from perfanalysis.delivery.spool import Spool
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results.machine import Machine
from perfanalysis.results.newest_results import is_own
from perfanalysis.results.series import series_of
from perfanalysis.results.state import OUTBOX, RESULTS
from perfanalysis.results.writing import Encoded


@dataclass
class Delivery:
    """What became of the documents of one receiver in one go.

    Attributes:
        shown: the receiver's address.
        sent: how many it took.
        refused: how many it refused; they are in the dead-letter folder.
        waiting: how many are left.
        reason: why they are left, or what was said to the last refused one.
        healable: whether they are left for what a person has to mend.
        held: how many of those left are ahead of the receiver's clock.
    """

    shown: str
    sent: int = 0
    refused: int = 0
    waiting: int = 0
    reason: str = ""
    healable: bool = False
    held: int = 0


def common_labels(machine: Machine, labels: dict[str, str]) -> dict[str, str]:
    """The labels of all series of a result."""
    name = machine.name or machine.hostname or ""
    return {"job": "node", "instance": name} | labels


def spool_of(folder: Path) -> tuple[Spool, Destination]:
    """An existing spool, and where it is emptied to.

    Raises:
        PerfAnalysisError: it is unusable.
    """
    return Spool(folder), load(folder)


def folders(state: Path) -> list[Path]:
    """The spools that there are."""
    base = state / OUTBOX
    return sorted(path for path in base.iterdir() if path.is_dir()) if base.is_dir() else []


class Outbox:
    """Takes results for several receivers.

    Args:
        state: the state folder.
        outputs: the receivers; those that get no results are left out.

    Raises:
        PerfAnalysisError: a spool cannot be made.
    """

    def __init__(self, state: Path, outputs: Sequence[Output]) -> None:
        self.problems: list[str] = []
        self._results = state / RESULTS
        self._spools: list[tuple[Output, Spool]] = []
        for output in (one for one in outputs if one.results):
            folder = state / OUTBOX / output.destination.name
            spool = Spool(folder)
            try:
                output.destination.save(folder)
            except OSError as error:
                raise PerfAnalysisError(f"{folder}: cannot be written: {error.strerror}") from error
            self._spools.append((output, spool))

    def put(self, result: Encoded) -> int:
        """Take a result for every receiver: durable when this returns.

        What a spool does not take is added to ``problems``; the others have it all the same.

        Returns:
            How many spools took it.
        """
        document, data = result
        taken = 0
        for output, spool in self._spools:
            try:
                if output.destination.kind == REMOTE_WRITE:
                    labels = common_labels(document.machine, output.labels)
                    own = is_own(document, self._results)
                    body = encode(series_of(document, own=own), labels)
                    newest = document.timestamp_seconds
                    spool.add(body, CONTENT_TYPE, document.test_id, newest)
                else:
                    spool.add(data, "application/json", document.test_id)
                taken += 1
            except (PerfAnalysisError, OSError) as error:
                self.problems.append(f"{output.destination.shown}: {error}")
        return taken

    def send(self, seconds: float) -> list[Delivery]:
        """Try to empty the spools of these receivers."""
        return send_all([(spool, output.destination) for output, spool in self._spools], seconds)


def send_all(spools: Sequence[tuple[Spool, Destination]], seconds: float) -> list[Delivery]:
    """Empty spools, all at the same time, so that none waits for another's receiver.

    Args:
        spools: each with its destination.
        seconds: no attempt begins later than this.
    """
    # What it has to say is in the deliveries.
    logging.getLogger("perfanalysis.delivery.sender").setLevel(logging.CRITICAL)
    stop, until = threading.Event(), time.monotonic() + seconds
    deliveries = [Delivery(destination.shown) for _, destination in spools]
    threads = [
        threading.Thread(target=_send, args=(*pair, delivery, stop, until), daemon=True)
        for pair, delivery in zip(spools, deliveries, strict=True)
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    return deliveries


def _send(
    spool: Spool, destination: Destination, delivery: Delivery, stop: threading.Event, until: float
) -> None:
    def heard(entry: Entry, answer: Answer) -> None:
        del entry
        delivery.healable = answer.outcome is DeliveryOutcome.HEALABLE
        if answer.outcome is DeliveryOutcome.DELIVERED:
            delivery.sent += 1
            return
        delivery.reason = answer.said
        delivery.refused += answer.outcome is DeliveryOutcome.REFUSED

    try:
        with Sender(spool, destination, listener=heard) as sender:
            sender.run(stop, until=until)
            delivery.held = sender.held
    except SenderBusyError:
        delivery.reason = "another process is sending them"
    except PerfAnalysisError as error:
        delivery.reason = str(error)
    delivery.waiting = len(spool.waiting())


def report(deliveries: Sequence[Delivery]) -> tuple[list[str], list[str]]:
    """What is to be said: news, and problems that make a command fail."""
    news, problems = [], []
    for one in deliveries:
        if one.sent:
            news.append(f"delivered to {one.shown}: {_count(one.sent)}")
        if one.refused:
            problems.append(
                f"{one.shown} refused {_count(one.refused)} ({one.reason}): see `perfanalysis "
                "loadtest deliveries`"
            )
        if one.held:
            problems.append(
                f"{_count(one.held)} for {one.shown} held back: measured at a time ahead of the "
                "receiver's clock; `perfanalysis loadtest deliver` sends them when it has come"
            )
        if one.waiting > one.held:
            said = f"{_count(one.waiting - one.held)} for {one.shown} waiting "
            again = "`perfanalysis loadtest deliver` tries again"
            if one.healable:
                problems.append(f"{said}({one.reason}): mend that, and {again}")
            else:
                news.append(f"{said}({one.reason or 'time is over'}): {again}")
    return news, problems


def _count(number: int) -> str:
    return f"{number} result" if number == 1 else f"{number} results"
