"""Why a server gave no answer, and what to look at next: the words of all commands that ask one.

``ssl``, ``requests`` and urllib3 are known by their errors' names and attributes: the exporter,
which asks little, loads none of them for that.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

_TRUST = "name the authority of its certificate (tls.ca_file)"
_NAME = "look for a typing error in the host's name, and whether this machine can resolve it"
_LISTENS = "see that it runs, and that host and port are right: nothing listens there"
_ROUTE = "see that a route leads there from this machine, and that no firewall is between"
_TLS = "see whether it speaks TLS: https:// or http:// may be the wrong one"
_SLOW = "see whether it is up and not overloaded, and that no firewall is between"
_ROUTELESS = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
_NO_ROUTE_IN_TIME = "ConnectTimeoutError"
# Of http.client, urllib3 and http_exchange: what came is no HTTP, or nothing came at all.
_NO_HTTP = frozenset({"BadStatusLine", "RemoteDisconnected", "LineTooLong", "InvalidHeader"})


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and all that led to it, the outermost first."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def reason(error: BaseException) -> str:
    """The innermost reason of a failure, in words that hold no URL."""
    for one in causes(error):
        if verified := getattr(one, "verify_message", None):
            return f"certificate verify failed: {verified}"
    inner = error
    while (next_one := inner.__cause__ or inner.__context__) is not None:
        inner = next_one
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    if isinstance(inner, TimeoutError):
        return "timed out"
    said = str(inner) if type(inner).__name__ == "RemoteDisconnected" else ""
    return said or type(inner).__name__


def remedy(error: BaseException) -> str:
    """What a person can look at next; "" when the failure does not tell."""
    return next(filter(None, map(_remedy_of, causes(error))), "")


def explained(error: BaseException) -> str:
    """The reason, and what to look at next."""
    return "; ".join(filter(None, (reason(error), remedy(error))))


def _remedy_of(error: BaseException) -> str:
    name, why = type(error).__name__, getattr(error, "reason", None)
    tried: tuple[tuple[bool, str], ...] = (
        (hasattr(error, "verify_message"), _TRUST),
        (isinstance(error, socket.gaierror), _NAME),
        (isinstance(error, ConnectionRefusedError), _LISTENS),
        (isinstance(error, OSError) and error.errno in _ROUTELESS, _ROUTE),
        (name == _NO_ROUTE_IN_TIME, _ROUTE),
        (why in _NO_TLS if isinstance(why, str) else False, _TLS),
        (name in _NO_HTTP, _TLS),
        (isinstance(error, TimeoutError), _SLOW),
    )
    return next((said for holds, said in tried if holds), "")
