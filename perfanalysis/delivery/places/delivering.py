"""Gives a report to all its places: again after failures that may pass, and to each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    keep_trying,
)
from perfanalysis.delivery.places.document import DeliveryError, Finished, PassingError
from perfanalysis.delivery.places.email import email_of
from perfanalysis.delivery.places.folder import folder_of
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.delivery.places.place import Place
from perfanalysis.delivery.places.store import store_of
from perfanalysis.delivery.places.webhook import webhook_of
from perfanalysis.errors import PerfAnalysisError

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 300.0


def places_of(deliveries: Iterable[Mapping[str, Any]]) -> list[Place]:
    """The places of the setting ``deliver``.

    Raises:
        InputError: settings of one exclude each other, or a file of a secret is missing.
    """
    kinds: dict[str, Callable[[Mapping[str, Any]], Place]] = {
        "folder": folder_of,
        "email": email_of,
        "webhook": webhook_of,
        "s3": store_of,
    }
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
    """Who of ``left`` took it, and what the others said in the end."""
    sent: list[str] = []
    final: list[str] = []
    passing: dict[str, PassingError] = {}

    def once() -> None:
        asked = list(passing) or left
        refused = _refused(report, place, asked)
        for receiver in asked:
            if receiver not in refused:
                ledger.add(receiver, report.digest)
                sent.append(receiver)
        passing.clear()
        for receiver, error in refused.items():
            if isinstance(error, PassingError) and error.wait <= LONGEST_WAIT_SECONDS:
                passing[receiver] = error
            else:
                final.append(str(error))
        if passing:
            raise PassingFailure("", max(error.wait for error in passing.values()))

    try:
        keep_trying(once, backoff, Patience(ATTEMPTS))
    except GaveUpError as error:
        final += [f"{said} ({error.failures} times)" for said in passing.values()]
    return sent, final


def _refused(
    report: Finished, place: Place, receivers: Sequence[str]
) -> Mapping[str, DeliveryError]:
    try:
        return place.send(report, receivers)
    except DeliveryError as error:
        return dict.fromkeys(receivers, error)
    except PerfAnalysisError as error:
        # A key that cannot be read.
        return dict.fromkeys(receivers, DeliveryError(str(error)))
