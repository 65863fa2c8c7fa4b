"""One line of JSON a request, with its id; and no secret in any line of the process."""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.access.caller import Caller
from portal.access.key_text import without_keys
from portal.serving.portal_metrics import PortalMetrics

LOG = logging.getLogger("portal.requests")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"


class LogLines(logging.Formatter):
    """A line of JSON a record; keys are cut to their public prefix wherever they stand."""

    def format(self, record: logging.LogRecord) -> str:
        """Of logging."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return without_keys(json.dumps(line, default=str))


class RequestLog:
    """An ASGI application around all others.

    Args:
        app: the others.
        metrics: where requests are counted.
    """

    def __init__(self, app: ASGIApp, metrics: PortalMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        scope["portal_request_id"] = request_id
        # 499, as nginx has it: the client went before there was an answer.
        status, begin = 499, time.monotonic()

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        self._metrics.in_progress.inc()
        try:
            await self._app(scope, receive, answered)
        finally:
            self._metrics.in_progress.dec()
            self._tell(scope, request_id, status, time.monotonic() - begin)

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", OTHER)
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        self._metrics.count_request(method, route, status, seconds)
        facts: dict[str, object] = {
            "request_id": request_id,
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 6),
            "client": (scope.get("client") or [None])[0],
        }
        caller = scope.get("portal_caller")
        if isinstance(caller, Caller):
            facts |= {"tenant": caller.tenant_name, "key": caller.shown}
        LOG.info("request", extra={"facts": facts})


def _id_of(scope: Scope) -> str:
    """What a proxy gave it, where that is fit for a log; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given: str = value.decode("latin-1")
            if _GIVEN.fullmatch(given):
                return given
    return uuid.uuid4().hex
