"""A runtime's HTTP API on its unix socket: one question, and the JSON of its answer."""

from __future__ import annotations

from time import monotonic
from typing import TypeVar

import msgspec

from exporter.collectors.cgroup.names.errors import NamesError, refused
from perfanalysis.http_exchange import ExchangeError, exchange

SECONDS = 5.0
LARGEST_ANSWER = 8 << 20
T = TypeVar("T")


def get(path: str, question: str, expected: type[T]) -> T:
    """What the API behind a socket answers.

    Args:
        path: of the socket.
        question: path and query of the request.
        expected: the type of the answer; what else it has is passed over.

    Raises:
        NamesError: there is no usable answer.
    """
    until = monotonic() + SECONDS
    url = f"http://localhost{question}"
    try:
        answer = exchange("GET", url, {}, until=until, largest=LARGEST_ANSWER, socket_path=path)
    except ExchangeError as error:
        if isinstance(error.__context__, PermissionError):
            raise refused(f"{error}: this process may not open the socket") from None
        raise NamesError(str(error)) from None
    if answer.status != 200:
        text = f"GET {question} was answered with status {answer.status}, expected 200"
        raise refused(text) if answer.status in (401, 403) else NamesError(text)
    try:
        return msgspec.json.decode(answer.body, type=expected)
    except (msgspec.MsgspecError, RecursionError):
        raise NamesError(f"GET {question}: expected a list of containers in JSON") from None
