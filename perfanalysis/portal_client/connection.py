"""Send calls to a portal, again while a failure may pass, and read its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType, TracebackType
from typing import Any, TypeVar, cast

import msgspec
import requests
from msgspec import Struct
from urllib3.exceptions import HTTPError

from perfanalysis.delivery.answers import no_answer
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
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.session import Session
from perfanalysis.portal_client.calls import Answered, CursorPage, PortalCall, QueryValue
from perfanalysis.portal_client.faults import (
    PortalRefusedError,
    PortalUnreachableError,
    problem_of,
)

Row = TypeVar("Row")
SomePage = TypeVar("SomePage", bound=CursorPage)
Body = Struct | bytes | None
MOST_ANSWER_BYTES = 64 << 20
_PASSING = frozenset({408, 429, 503})
# Said twice, they do what they do once: they may be sent again when nobody knows what came of them.
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_LONGEST_WAIT = 60.0
_PIECE = 1 << 16


class PortalConnection:
    """Connections to one portal, which are kept.

    Args:
        endpoint: the portal's address, such as ``https://portal.example``, and what opens it.
        timeout: seconds for the connection, and for each wait for an answer.
        attempts: how often a call is sent at most.
        backoff: the waits between attempts.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: float = 30.0,
        attempts: int = 5,
        backoff: Backoff | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._session = Session(endpoint)
        self._timeout = timeout
        self._patience = Patience(attempts, _LONGEST_WAIT)
        self._backoff = backoff or Backoff(first=0.5, longest=20.0)
        self._say = SaysThatItWaits()

    def __enter__(self) -> PortalConnection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def ask(
        self,
        call: PortalCall[Answered],
        parts: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        body: Body = None,
        media_type: str = "",
    ) -> Answered:
        """The answer to a call.

        Args:
            call: which.
            parts: of its path, by name.
            query: fields behind "?"; what is None is left out.
            body: JSON's form of the call, or bytes.
            media_type: of bytes, where it is not the call's first one.

        Raises:
            PortalRefusedError: the portal said no.
            PortalUnreachableError: no usable answer came, after all attempts.
            InputError: a key's file cannot be read.
        """
        address = call.address(parts or {}, query or {})
        status, data = self._sent(call, address, body, media_type)
        return _read(call, data, self._where(address), status)

    def rows(
        self,
        call: PortalCall[SomePage],
        rows_of: Callable[[SomePage], Sequence[Row]],
        parts: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
    ) -> Iterator[Row]:
        """The rows of all pages of a list, each page asked for when it is needed.

        Raises:
            PortalRefusedError, PortalUnreachableError, InputError: as ``ask``.
        """
        asked, seen = dict(query or {}), set[str]()
        while True:
            page = self.ask(call, parts, asked)
            yield from rows_of(page)
            cursor = page.next_cursor
            if cursor is None:
                return
            if cursor in seen:
                where = self._where(call.address(parts or {}, {}))
                raise PortalUnreachableError(f"{where}: the list goes in a circle")
            seen.add(cursor)
            asked["cursor"] = cursor

    def pieces(
        self, call: PortalCall[bytes], parts: Mapping[str, str] | None = None
    ) -> Iterator[bytes]:
        """An answer of any size, piece by piece; one that breaks off is an error.

        Raises:
            PortalRefusedError, PortalUnreachableError, InputError: as ``ask``.
        """
        address = call.address(parts or {}, {})
        response = self._trying(lambda: self._once(call, address, None, ""), address)
        try:
            with response:
                yield from response.iter_content(_PIECE)
        except (requests.RequestException, HTTPError, OSError) as error:
            said = no_answer(error).said
            raise PortalUnreachableError(f"{self._where(address)}: broke off: {said}") from error

    def _where(self, address: str) -> str:
        return f"{self.endpoint.shown.rstrip('/')}{address.partition('?')[0]}"

    def _sent(
        self, call: PortalCall[Any], address: str, body: Body, media_type: str
    ) -> tuple[int, bytes]:
        def attempt() -> tuple[int, bytes]:
            with self._once(call, address, body, media_type) as response:
                return response.status_code, self._whole(response, address, call)

        return self._trying(attempt, address)

    def _trying(self, attempt: Callable[[], Answered], address: str) -> Answered:
        try:
            return keep_trying(
                attempt,
                self._backoff,
                self._patience,
                lambda failure, _: self._say(self._where(address), failure),
            )
        except GaveUpError as error:
            raise PortalUnreachableError(f"{self._where(address)}: {error.said}") from error

    def _once(
        self, call: PortalCall[Any], address: str, body: Body, media_type: str
    ) -> requests.Response:
        """An answer that says yes; its body is not read yet."""
        secrets = self.endpoint.secrets()
        data = msgspec.json.encode(body) if isinstance(body, Struct) else body
        sort = media_type or next(iter(call.media_types), "application/json")
        try:
            response = self._session.send(
                call.method,
                f"{self.endpoint.url.rstrip('/')}{address}",
                secrets=secrets,
                headers={} if data is None else {"Content-Type": sort},
                data=data,
                timeout=(min(10.0, self._timeout), self._timeout),
            )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._without_answer(error, call, address, secrets) from None
        if 200 <= response.status_code < 300:
            return response
        with response:
            raise self._refused(response, address, secrets)

    def _without_answer(
        self, error: Exception, call: PortalCall[Any], address: str, secrets: dict[str, str]
    ) -> Exception:
        found = no_answer(error)
        if isinstance(error, requests.exceptions.SSLError):
            said = redacted(found.said, secrets)
            return PortalUnreachableError(f"{self._where(address)}: {said}")
        said = redacted(found.words, secrets)
        if call.method in _REPEATABLE or not found.reached:
            return PassingFailure(said, remedy=found.remedy)
        said = f"{said}: whether it was done is not known; look before it is said again"
        return PortalUnreachableError(f"{self._where(address)}: {said}")

    def _refused(
        self, response: requests.Response, address: str, secrets: dict[str, str]
    ) -> Exception:
        status, where = response.status_code, self._where(address)
        try:
            body = next(response.iter_content(_PIECE), b"")
        except (requests.RequestException, HTTPError, OSError):
            body = b""
        problem = problem_of(body)
        known = None if problem is None else problem.request_id
        said = f"expected an answer of the portal, found {body[:100].decode('utf-8', 'replace')!r}"
        detail = redacted(said if problem is None else problem.detail, secrets)
        if status in _PASSING:
            wait = retry_after(response.headers.get("Retry-After"), time.time())
            return PassingFailure(f"{status}: {detail}", wait)
        if 300 <= status < 400:
            detail = "it stands elsewhere now: name that address"
        return PortalRefusedError(where, status, detail, known)

    def _whole(self, response: requests.Response, address: str, call: PortalCall[Any]) -> bytes:
        pieces, size = list[bytes](), 0
        try:
            for piece in response.iter_content(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > MOST_ANSWER_BYTES:
                    most = f"more than {MOST_ANSWER_BYTES >> 20} MiB"
                    raise PortalUnreachableError(f"{self._where(address)}: answered {most}")
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._without_answer(error, call, address, {}) from None
        return b"".join(pieces)


def _read(call: PortalCall[Answered], data: bytes, where: str, status: int) -> Answered:
    if call.answers is bytes:
        return cast(Answered, data)
    if call.answers is NoneType:
        return cast(Answered, None)
    try:
        return msgspec.json.decode(data, type=call.answers)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        expected = f"expected the portal's answer, found something else ({status}: {error})"
        raise PortalUnreachableError(f"{where}: {expected}; is this its address?") from error
