"""What the portal refused, or did not answer: what, where, and what to do."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from perfanalysis.errors import PerfAnalysisError

# What the caller said; all else may be the portal's, the network's or the key's.
_OF_THE_CALLER = frozenset({400, 404, 409, 413, 415, 422})
_REMEDIES = {
    401: "give a key that is good there",
    403: "give a key that may do this",
    404: "look for a typing error",
    413: "send less at once",
}


class PortalProblem(Struct, frozen=True):
    """Why a request was not done (RFC 9457)."""

    title: str
    status: int
    detail: str
    request_id: str | None = None


class PortalUnreachableError(PerfAnalysisError):
    """No usable answer came, after all attempts."""


class PortalRefusedError(PerfAnalysisError):
    """The portal said no.

    Args:
        where: the URL without its query.
        status: of HTTP.
        detail: what the portal said, without any key.
        request_id: as the portal's log has it.
    """

    def __init__(self, where: str, status: int, detail: str, request_id: str | None = None) -> None:
        self.where = where
        self.status = status
        self.detail = detail
        self.request_id = request_id
        self.exit_status = 2 if status in _OF_THE_CALLER else 1
        remedy = f"; {_REMEDIES[status]}" if status in _REMEDIES else ""
        known = f" (request {request_id})" if request_id else ""
        super().__init__(f"{where}: {status}: {detail}{remedy}{known}")

    def __reduce__(self) -> tuple[type[PortalRefusedError], tuple[str, int, str, str | None]]:
        """As it goes from one process to another."""
        return type(self), (self.where, self.status, self.detail, self.request_id)


def problem_of(body: bytes) -> PortalProblem | None:
    """The problem that a body is; None: it is none of a portal's."""
    try:
        return msgspec.json.decode(body, type=PortalProblem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
