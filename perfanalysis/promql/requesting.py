"""One HTTP request to an engine, sent again while its failure may pass."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    SaysThatItWaits,
    keep_trying,
    retry_after,
)
from perfanalysis.delivery.credentials import redacted
from perfanalysis.delivery.session import Session
from perfanalysis.promql import matrix
from perfanalysis.promql.access import CONNECT_SECONDS, Access
from perfanalysis.promql.answers import QueryError, TooLargeError
from perfanalysis.unreached import reason, remedy

# An engine that asks for more patience than this is not waited for.
LONGEST_WAIT_SECONDS = 60.0
# An engine that gives up first says so, and is asked for less; one that is only not waited for any
# more would be asked for the same again.
_ENGINES_SHARE = 0.9
_PIECE = 1 << 16
# What proxies that only let people read answer to any POST. The API answers both methods alike.
_NO_POST = frozenset({403, 405, 501})
# Unpacked. What is more is asked for in parts; a thousand machines take a fiftieth of it.
MOST_BYTES = 256 << 20


class _PostRefusedError(Exception):
    """Something before the engine does not let a POST through."""


class Requester:
    """Sends forms to one engine, and decodes the JSON of its answers.

    By POST, so that a query may be long; by GET from the first answer on that lets no POST through.

    Args:
        access: where to, and within which limits.
        backoff: the waits between attempts.
    """

    def __init__(self, access: Access, backoff: Backoff | None = None) -> None:
        self.access = access
        self._backoff = backoff or Backoff(first=0.5, longest=20.0)
        self._session = Session(access.endpoint, access.queries_at_once)
        self._turn = BoundedSemaphore(access.queries_at_once)
        self._by_get = False
        self._say = SaysThatItWaits()

    def ask(self, path: str, form: Mapping[str, str]) -> object:
        """The JSON document that answers a form.

        Args:
            path: below the base URL.
            form: its fields; none for a plain GET.

        Raises:
            TooLargeError: the answer is larger than this process should hold.
            QueryError: no JSON came, after all attempts. The message holds no key.
            InputError: a key file cannot be read.
        """
        url = f"{self.access.endpoint.url.rstrip('/')}{path}"
        patience = Patience(self.access.retries + 1, LONGEST_WAIT_SECONDS)
        try:
            return keep_trying(
                lambda: self._in_turn(url, form),
                self._backoff,
                patience,
                lambda failure, _: self._say(url, failure),
            )
        except GaveUpError as error:
            raise QueryError(f"{url}: {error.said}{_query(form)}") from error

    def _in_turn(self, url: str, form: Mapping[str, str]) -> object:
        with self._turn:
            if not form or self._by_get:
                return self._once("GET", url, form)
            try:
                return self._once("POST", url, form)
            except _PostRefusedError:
                answer = self._once("GET", url, form)
                self._by_get = True
                return answer

    def _once(self, method: str, url: str, form: Mapping[str, str]) -> object:
        secrets, limit = self.access.endpoint.secrets(), self.access.timeout_seconds
        until = time.monotonic() + limit
        try:
            with self._send(method, url, form, secrets) as response:
                body = _read(response, until)
        except requests.ConnectTimeout as error:
            raise PassingFailure("cannot be reached (timed out)", remedy=remedy(error)) from None
        except (requests.Timeout, ReadTimeoutError):
            raise PassingFailure(f"gave no answer within {limit:g} s") from None
        except requests.exceptions.SSLError as error:
            told = f"cannot be reached ({reason(error)})"
            told = "; ".join(filter(None, (told, remedy(error))))
            raise QueryError(f"{url}: {told}{_query(form)}") from None
        except HTTPError:
            raise PassingFailure("broke off in the middle of its answer") from None
        except (requests.RequestException, OSError) as error:
            why = redacted(reason(error), secrets)
            raise PassingFailure(f"cannot be reached ({why})", remedy=remedy(error)) from None
        if body is None:
            raise TooLargeError(
                f"{url}: answered with more than {MOST_BYTES >> 20} MiB{_query(form)}"
            )
        if method == "POST" and response.status_code in _NO_POST and not _is_answer(body):
            raise _PostRefusedError
        return _judge(response, body, url, _query(form), secrets)

    def _send(
        self, method: str, url: str, form: Mapping[str, str], secrets: Mapping[str, str]
    ) -> requests.Response:
        limit = self.access.timeout_seconds
        more = {**self.access.parameters, "timeout": f"{limit * _ENGINES_SHARE:g}s"}
        fields = {**form, **more} if form else {}
        in_url = f"?{urlencode(fields)}" if fields and method == "GET" else ""
        return self._session.send(
            method,
            f"{url}{in_url}",
            secrets=secrets,
            headers={},
            data=fields if method == "POST" else None,
            timeout=(min(CONNECT_SECONDS, limit), limit),
        )


def _read(response: requests.Response, until: float) -> bytes | None:
    """The whole body, unpacked; None when it is too large.

    An engine that sends it byte by byte does not get more time for that.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := response.raw.read1(_PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            return None
        if time.monotonic() > until:
            raise requests.Timeout
    return b"".join(pieces)


def _judge(
    response: requests.Response, body: bytes, url: str, query: str, secrets: Mapping[str, str]
) -> object:
    status = response.status_code
    document = _decoded(body)
    told = isinstance(document, dict) and "status" in document
    if told:
        _redact(document, secrets)
    # A time-out of the evaluation is no passing failure: the query is too large.
    timed_out = told and document.get("errorType") == "timeout"
    if (status == 429 or status >= 500) and not timed_out:
        wait = retry_after(response.headers.get("Retry-After"), time.time())
        raise PassingFailure(f"answered HTTP {status}{_said(document)}", wait)
    if told:
        return document
    if status == 200:
        raise PassingFailure("answered HTTP 200 with half a result, or none")
    if status in {401, 403}:
        raise QueryError(f"{url}: answered HTTP {status}: it wants other credentials{query}")
    if status in {414, 431}:
        raise QueryError(
            f"{url}: answered HTTP {status}: the query is too long for a URL, and nothing else is"
            f" let through; let POST through to the engine{query}"
        )
    raise QueryError(f"{url}: answered HTTP {status} and no PromQL result{query}")


def _decoded(body: bytes) -> Any:
    try:
        return matrix.document(body)
    except ValueError:
        return None


def _is_answer(body: bytes) -> bool:
    document = _decoded(body)
    return isinstance(document, dict) and "status" in document


def _redact(document: dict[str, Any], secrets: Mapping[str, str]) -> None:
    """Take our keys out of what people will read; the data stays as it is."""
    if isinstance(document.get("error"), str):
        document["error"] = redacted(document["error"], secrets)
    if isinstance(document.get("warnings"), list):
        document["warnings"] = [redacted(str(w), secrets) for w in document["warnings"]]


def _said(document: object) -> str:
    why = document.get("error") if isinstance(document, dict) else None
    return f" ({why:.200})" if isinstance(why, str) else ""


def _query(form: Mapping[str, str]) -> str:
    return f"; the query was: {form['query']}" if "query" in form else ""
