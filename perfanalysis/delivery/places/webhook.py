"""A webhook as a place for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perfanalysis.delivery.answers import DeliveryOutcome
from perfanalysis.delivery.destinations import Destination, DestinationClient
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.places.cover_text import json_text, slack_text
from perfanalysis.delivery.places.document import DeliveryError, Finished, PassingError
from perfanalysis.delivery.places.place import OLD_WORDS


class Webhook:
    """An HTTP POST; the digest is its idempotency key.

    Args:
        endpoint: where to.
        body: ``report``, its file; ``json`` or ``slack``, its verdict.
    """

    def __init__(self, endpoint: Endpoint, body: str = "report") -> None:
        self._destination = Destination("upload", endpoint)
        self._body = body
        self.receivers = (f"webhook {self._destination.shown} {self._destination.name}",)

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        client = DestinationClient(self._destination)
        try:
            answer = client.send(self._document(report))
        finally:
            client.close()
        message = f"{self._destination.shown}: did not take the report: {answer.said}"
        if answer.outcome is DeliveryOutcome.RETRY:
            raise PassingError(message, answer.retry_after)
        # What a person has to mend takes longer than a command waits: the next one tries again.
        if answer.outcome is not DeliveryOutcome.DELIVERED:
            raise DeliveryError(message)
        return {}

    def _document(self, report: Finished) -> Document:
        if self._body == "report":
            return Document(report.content, report.content_type, report.digest)
        text = slack_text(report) if self._body == "slack" else json_text(report)
        return Document(text, "application/json", report.digest)


def webhook_of(settings: Mapping[str, Any]) -> Webhook:
    """The webhook of the setting ``webhook``.

    Raises:
        InputError: settings exclude each other. Or a file is missing: secrets are read anew when a
            report is sent; one that is not there is known before a report is made.
    """
    description = in_file(settings, "deliver", "webhook", ("key_file", *OLD_WORDS))
    return Webhook(read_endpoint(settings["url"], description), settings.get("body", "report"))
