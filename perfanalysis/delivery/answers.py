"""What the answer to a document means: it is there, it waits, or it can never be taken."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

import requests
from requests.exceptions import SSLError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from perfanalysis.delivery.backoff import retry_after
from perfanalysis.delivery.credentials import redacted
from perfanalysis.unreached import causes, reason, remedy

MOST_ANSWER_BYTES = 4096
_VMAUTH = ("cannot find the provided auth token", "missing route for")
# Of remote write 2.0, which some receivers tell to 1.0, too.
_SAMPLES_WRITTEN = "X-Prometheus-Remote-Write-Samples-Written"


class DeliveryOutcome(Enum):
    """What became of an attempt.

    ``RETRY`` may pass by itself. ``HEALABLE`` is what a person can mend without the document being
    another one: a key, an address, a right. ``REFUSED`` is the document itself.
    """

    DELIVERED = "delivered"
    RETRY = "retry"
    HEALABLE = "healable"
    REFUSED = "refused"


# What is no word about the document: keys and rights (401, 402, 403, 407), addresses (404, 405,
# 410, 421), TLS (426). Redirects are of the same kind, since none is followed.
_HEALABLE = frozenset({401, 402, 403, 404, 405, 407, 410, 421, 426})
# Time-outs, locks and hurry of the receiver; so are all of 500 and above.
_PASSING = frozenset({408, 423, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What a receiver said, without any key; ``status`` is 0 when it said nothing.

    Attributes:
        outcome: what became of the document.
        status: of HTTP.
        text: what it said, or why it said nothing.
        retry_after: seconds that it wants to be left alone.
        reached: whether the document got to it, as far as can be known.
        remedy: what a person can look at next, where nothing was answered.
    """

    outcome: DeliveryOutcome
    status: int
    text: str
    retry_after: float = 0.0
    reached: bool = True
    remedy: str = ""

    @property
    def kept(self) -> bool:
        """Whether the document has to wait, and be sent again."""
        return self.outcome in {DeliveryOutcome.RETRY, DeliveryOutcome.HEALABLE}

    def is_like(self, other: Answer | None) -> bool:
        """Whether it says the same as another one, as far as programs can tell."""
        if other is None or self.status != other.status:
            return False
        # Texts of a server may hold the number of the request.
        return bool(self.status) or self.text == other.text

    @property
    def said(self) -> str:
        """Status and text, in one line for people."""
        return "; ".join(filter(None, (self.words, self.remedy)))

    @property
    def words(self) -> str:
        """The same without what to look at next."""
        words = f"status {self.status}: {self.text[:200]}" if self.status else self.text
        return " ".join(words.split()).rstrip(": ")


def no_answer(error: BaseException) -> Answer:
    """What becomes of a document of which nobody said anything."""
    # An error of the connection that is being made: nothing of the document went out.
    unmade = (NewConnectionError, ConnectTimeoutError, SSLError)
    reached = not any(isinstance(one, unmade) for one in causes(error))
    words = f"no answer ({reason(error)})"
    return Answer(DeliveryOutcome.RETRY, 0, words, reached=reached, remedy=remedy(error))


def answer_of(response: requests.Response, secrets: Mapping[str, str]) -> Answer:
    """What an answer means; no more of its text is read than people can use.

    Args:
        response: whose body was not read yet.
        secrets: the headers that carried keys, as they were sent.
    """
    status = response.status_code
    data = b""
    # The status says what became of the document, also when the text breaks off.
    with contextlib.suppress(requests.RequestException, OSError):
        data = next(response.iter_content(MOST_ANSWER_BYTES), b"")
    text = data.decode("utf-8", "replace")
    if 200 <= status < 300:
        outcome = DeliveryOutcome.DELIVERED
    elif status in _PASSING or status >= 500:
        outcome = DeliveryOutcome.RETRY
    elif status in _HEALABLE or 300 <= status < 400 or _of_vmauth(status, text):
        outcome = DeliveryOutcome.HEALABLE
        text = f"{_remedy(response)} {text}"
    else:
        outcome = DeliveryOutcome.REFUSED
        if stored := response.headers.get(_SAMPLES_WRITTEN):
            text = f"({stored:.20} of its samples are stored) {text}"
    # A receiver that echoes requests must not carry the key into files and messages.
    text = redacted(text, secrets)
    wait = retry_after(response.headers.get("Retry-After"), time.time())
    return Answer(outcome, status, text.strip(), wait)


def _of_vmauth(status: int, text: str) -> bool:
    """Whether VictoriaMetrics' proxy means a key or an address: it said 400 to both until 1.9x."""
    return status == 400 and any(words in text for words in _VMAUTH)


def _remedy(response: requests.Response) -> str:
    """What a person can do about an answer that is no word about the document."""
    status = response.status_code
    if status < 400:
        where = _place(response.headers.get("Location", ""))
        return f"(it stands elsewhere now{f', at {where}' if where else ''}: name that address)"
    if status in {401, 407}:
        return "(its key is missing, wrong or too old)"
    if status in {402, 403}:
        return "(the key has no right to this)"
    return "(nothing takes documents at this address, or not with this key)"


def _place(location: str) -> str:
    """An address without its query, which may hold a token, and without user and password."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=host, query="", fragment="").geturl()
    return ""
