"""Gives a report to all its places: again after failures that may pass, and to each once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from perfanalysis.delivery.places.document import DeliveryError, Finished, PassingError
from perfanalysis.delivery.places.email import Email
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.delivery.places.places import Folder, Place, Store, Webhook
from perfanalysis.delivery.sender import Backoff
from perfanalysis.errors import PerfAnalysisError

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 300.0


def places_of(deliveries: Iterable[Mapping[str, Any]]) -> list[Place]:
    """The places of the setting ``deliver``.

    Raises:
        InputError: settings of one exclude each other, or a file of a secret is missing.
    """
    kinds: dict[str, Any] = {"folder": Folder, "email": Email, "webhook": Webhook, "s3": Store}
    return [kinds[kind](settings) for entry in deliveries for kind, settings in entry.items()]


def deliver(
    report: Finished, places: Sequence[Place], ledger: Ledger, backoff: Backoff | None = None
) -> tuple[list[str], list[str]]:
    """Give a report to every place that does not have it.

    Args:
        report: what to give.
        places: where to.
        ledger: who has what.
        backoff: the waits between attempts.

    Returns:
        The receivers that took it now, and those that had it.

    Raises:
        PerfAnalysisError: some did not take it; all others have it.
    """
    sent: list[str] = []
    had: list[str] = []
    failures: list[str] = []
    with ledger.opened():
        for place in places:
            left: list[str] = []
            for receiver in place.receivers:
                (had if ledger.has(receiver, report.digest) else left).append(receiver)
            if left:
                taken, errors = _give(report, place, left, ledger, backoff or Backoff(1.0, 60.0))
                sent += taken
                failures += errors
    if failures:
        others = f"; delivered: {', '.join([*sent, *had])}" if sent or had else ""
        raise PerfAnalysisError(f"{'; '.join(dict.fromkeys(failures))}{others}")
    return sent, had


def _give(
    report: Finished, place: Place, left: list[str], ledger: Ledger, backoff: Backoff
) -> tuple[list[str], list[str]]:
    sent: list[str] = []
    final: list[str] = []
    for attempt in range(1, ATTEMPTS + 1):
        try:
            refused = place.send(report, left)
        except DeliveryError as error:
            refused = dict.fromkeys(left, error)
        except PerfAnalysisError as error:
            return sent, [*final, str(error)]
        for receiver in left:
            if receiver not in refused:
                ledger.add(receiver, report.digest)
                sent.append(receiver)
        passing = {
            receiver: error
            for receiver, error in refused.items()
            if isinstance(error, PassingError) and error.wait <= LONGEST_WAIT_SECONDS
        }
        final += [str(error) for receiver, error in refused.items() if receiver not in passing]
        left = list(passing)
        if not left:
            return sent, final
        if attempt < ATTEMPTS:
            # S311: spreads load, guards nothing.
            wait = backoff.seconds(attempt, random.random())  # noqa: S311
            time.sleep(max(wait, *(error.wait for error in passing.values())))
    final += [f"{error} ({ATTEMPTS} times)" for error in passing.values()]
    return sent, final
