"""Where documents go: one HTTP POST each, and what its answer means."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import requests

from perfanalysis import __version__
from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.credentials import Credentials, redacted
from perfanalysis.delivery.spool import Document, make_folder
from perfanalysis.errors import InputError

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0
MOST_ANSWER_BYTES = 4096
LONGEST_RETRY_AFTER_SECONDS = 3600.0
CONFIGURATION = "destination.json"
# It logs whole URLs, whose query may hold a token.
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Outcome(Enum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What a receiver said, without any key; ``status`` is 0 when it said nothing."""

    outcome: Outcome
    status: int
    text: str
    retry_after: float = 0.0


@dataclass(frozen=True)
class Destination:
    """A receiver.

    Attributes:
        kind: ``upload``, ``remote-write`` or ``grafana-live``.
        url: without credentials.
        credentials: where its key stands.
        headers: sent as they are; no secrets.
        ca_file: certificates that the receiver's is checked against; "" for the usual ones.
    """

    kind: str
    url: str
    credentials: Credentials = field(default_factory=Credentials)
    headers: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""

    @property
    def name(self) -> str:
        """The folder's name in the spool: the same for the same URL and headers."""
        text = json.dumps([self.kind, self.url, sorted(self.headers.items())])
        return f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold a token."""
        return urlsplit(self.url)._replace(query="", fragment="").geturl()

    def save(self, folder: Path) -> None:
        """Write what a later sender must know; the key is not part of it.

        Raises:
            OSError: the file cannot be written.
        """
        make_folder(folder)
        write_atomically(folder / CONFIGURATION, json.dumps(asdict(self)).encode(), mode=0o600)


def load(folder: Path) -> Destination:
    """The destination that a spool folder is for.

    Raises:
        InputError: its file is missing or unusable.
    """
    path = folder / CONFIGURATION
    try:
        found = json.loads(path.read_bytes())
        credentials = Credentials(**found["credentials"])
        return Destination(
            found["kind"], found["url"], credentials, dict(found["headers"]), found["ca_file"]
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(str(path), "", f"a destination ({error})") from error


def check_url(url: str, where: str) -> str:
    """Check a receiver's URL.

    Raises:
        InputError: it is no http or https URL, or holds credentials, which are not shown.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        secret = parts.username is not None or parts.password is not None
    except ValueError:
        usable, secret = False, False
    if not usable:
        raise InputError(where, "", "an http:// or https:// URL")
    if secret:
        raise InputError(where, "", "a URL without user and password: name a key file instead")
    return url


def parse_headers(lines: tuple[str, ...], where: str) -> dict[str, str]:
    """Read headers such as ``X-Scope-OrgID: team-a``.

    Raises:
        InputError: one is malformed, or is ours to set.
    """
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        text = value.strip()
        if not (colon and _HEADER_NAME.fullmatch(name) and text.isascii() and text.isprintable()):
            raise InputError(where, "", "a header such as 'X-Scope-OrgID: team-a'")
        if name.lower() in ("authorization", "content-type", "content-encoding", "idempotency-key"):
            raise InputError(where, name, "another header: a key is read from a file")
        headers[name] = text
    return headers


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


def retry_after(value: str | None, now: float) -> float:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3), at most an hour; 0 when unusable."""
    if not value:
        return 0.0
    if value.strip().isascii() and value.strip().isdigit():
        seconds = float(value.strip()[:12])
    else:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        seconds = when.replace(tzinfo=when.tzinfo or datetime.UTC).timestamp() - now
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


class Client:
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
        self._timeouts = timeouts
        self._session = requests.Session()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(self, document: Document) -> Answer:
        """Send a document once.

        Raises:
            InputError: the key cannot be read; nothing was sent.
        """
        key = self.destination.credentials.key()
        headers = {
            **self.destination.headers,
            "Content-Type": document.content_type,
            "Idempotency-Key": document.idempotency_key,
            "User-Agent": f"perfanalysis/{__version__}",
        }
        if self.destination.kind == "remote-write":
            headers |= {
                "Content-Encoding": "snappy",
                "X-Prometheus-Remote-Write-Version": "0.1.0",
            }

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            # A function, because requests would else prefer what ~/.netrc says.
            request.headers.update(self.destination.credentials.header(key))
            return request

        try:
            # A redirect is not followed: the key is for this address only.
            with self._session.post(
                self.destination.url,
                data=document.body,
                headers=headers,
                auth=authorize,
                timeout=self._timeouts,
                verify=self.destination.ca_file or True,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._judge(response, key)
        except (requests.RequestException, OSError) as error:
            return Answer(Outcome.RETRY, 0, f"no answer ({_cause(error)})")

    def _judge(self, response: requests.Response, key: str) -> Answer:
        status = response.status_code
        data = b""
        # The status says what became of the document, also when the text breaks off.
        with contextlib.suppress(requests.RequestException, OSError):
            data = next(response.iter_content(MOST_ANSWER_BYTES), b"")
        text = data.decode("utf-8", "replace")
        # A receiver that echoes requests must not carry the key into files and messages.
        text = redacted(text, self.destination.credentials.header(key))
        if 200 <= status < 300:
            outcome = Outcome.DELIVERED
        elif status == 429 or status >= 500:
            outcome = Outcome.RETRY
        else:
            outcome = Outcome.REFUSED
        wait = retry_after(response.headers.get("Retry-After"), time.time())
        return Answer(outcome, status, text.strip(), wait)


def _cause(error: BaseException) -> str:
    """The innermost reason of a failure, in words that hold no URL."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    reason = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return reason or type(error).__name__
