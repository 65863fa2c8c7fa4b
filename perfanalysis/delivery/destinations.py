"""Where documents go: one HTTP POST each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.answers import Answer, answer_of, no_answer
from perfanalysis.delivery.endpoint import Endpoint, restored_endpoint
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.receiver_clock import ReceiverClock
from perfanalysis.delivery.session import Session
from perfanalysis.delivery.spool import make_folder
from perfanalysis.errors import InputError

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0
CONFIGURATION = "destination.json"
# The kind of destination that takes samples.
REMOTE_WRITE = "remote-write"
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Destination:
    """A receiver.

    Attributes:
        kind: ``upload``, ``remote-write`` or ``grafana-live``.
        endpoint: where it is.
    """

    kind: str
    endpoint: Endpoint

    @property
    def name(self) -> str:
        """The folder's name in the spool: the same for the same URL and headers."""
        endpoint = self.endpoint
        said: list[object] = [self.kind, endpoint.url, sorted(endpoint.headers.items())]
        if endpoint.header_files:
            said.append(sorted(endpoint.header_files.items()))
        return f"{self.kind}-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]}"

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold a token."""
        return self.endpoint.shown

    def stored(self) -> dict[str, Any]:
        """What a later sender must know, for JSON; no key is part of it."""
        return {"kind": self.kind, **asdict(self.endpoint)}

    def save(self, folder: Path) -> None:
        """Write what a later sender must know.

        Raises:
            OSError: the file cannot be written.
        """
        make_folder(folder)
        write_atomically(folder / CONFIGURATION, json.dumps(self.stored()).encode(), mode=0o600)


def restored(found: Mapping[str, Any]) -> Destination:
    """A destination from what was stored.

    Raises:
        TypeError, KeyError: it is none.
    """
    facts = dict(found)
    return Destination(facts.pop("kind"), restored_endpoint(facts))


def load(folder: Path) -> Destination:
    """The destination that a spool folder is for.

    Raises:
        InputError: its file is missing or unusable.
    """
    path = folder / CONFIGURATION
    try:
        return restored(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(str(path), "", f"a destination ({error})") from error


def parse_labels(texts: tuple[str, ...], where: str) -> dict[str, str]:
    """Labels of ``NAME=VALUE``.

    Raises:
        InputError: one is malformed, or its name is Prometheus' own.
    """
    labels = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not _LABEL_NAME.fullmatch(name) or name.startswith("__"):
            raise InputError(where, "", "a label such as cluster=eu-1", text)
        labels[name] = value
    return labels


class DestinationClient:
    """Sends documents to one destination over a connection that is kept.

    Args:
        destination: where to.
        timeouts: seconds for the connection, and for each wait for the answer.
    """

    def __init__(
        self,
        destination: Destination,
        timeouts: tuple[float, float] = (CONNECT_SECONDS, ANSWER_SECONDS),
    ) -> None:
        self.destination = destination
        self.clock = ReceiverClock()
        self._timeouts = timeouts
        self._session = Session(destination.endpoint)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(self, document: Document) -> Answer:
        """Send a document once.

        Raises:
            InputError: a key cannot be read; nothing was sent.
        """
        endpoint = self.destination.endpoint
        secrets = endpoint.secrets()
        headers = {
            "Content-Type": document.content_type,
            "Idempotency-Key": document.idempotency_key,
        }
        if self.destination.kind == REMOTE_WRITE:
            headers |= {
                "Content-Encoding": "snappy",
                "X-Prometheus-Remote-Write-Version": "0.1.0",
            }
        try:
            with self._session.send(
                "POST",
                endpoint.url,
                secrets=secrets,
                headers=headers,
                data=document.body,
                timeout=self._timeouts,
            ) as response:
                self.clock.hear(response.headers.get("Date"))
                return answer_of(response, secrets)
        except (requests.RequestException, OSError) as error:
            return no_answer(error)

    def learn_time(self) -> Answer | None:
        """Have the receiver say its time, where that is not known: by a request for nothing.

        Returns:
            Why it is not known; None when it is, or the receiver answers without telling it.

        Raises:
            InputError: a key cannot be read; nothing was sent.
        """
        if not self.clock.stale:
            return None
        endpoint = self.destination.endpoint
        try:
            with self._session.send(
                "HEAD",
                endpoint.url,
                secrets=endpoint.secrets(),
                headers={},
                data=None,
                timeout=self._timeouts,
            ) as response:
                self.clock.hear(response.headers.get("Date"))
        except (requests.RequestException, OSError) as error:
            return no_answer(error)
        return None
