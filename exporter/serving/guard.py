"""Stands before the routes when there is a web configuration: rate limit, headers, passwords."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from exporter.serving.audit import Audit
from exporter.serving.audit_families import BUSY, MISSING, WRONG
from exporter.serving.configuration import RateLimit, WebConfiguration
from exporter.serving.loop.event_loop import EventLoop, Future
from exporter.serving.messages import Request, Response
from exporter.serving.peers import neighbourhood
from exporter.serving.routes import Routes

if TYPE_CHECKING:
    from exporter.serving.passwords import PasswordChecker

UNAUTHORIZED = Response(
    HTTPStatus.UNAUTHORIZED,
    b"Unauthorized\n",
    headers=(("WWW-Authenticate", 'Basic realm="perfanalysis", charset="UTF-8"'),),
)
TOO_MANY = Response(
    HTTPStatus.TOO_MANY_REQUESTS, b"Too Many Requests\n", headers=(("Retry-After", "1"),)
)

Answer = Response | Future[Response]


class TokenBucket:
    """Lets a request through every ``interval`` seconds, and ``burst`` at once."""

    def __init__(self, limit: RateLimit, now: float) -> None:
        self.limit = limit
        self._tokens = float(limit.burst)
        self._then = now

    def allow(self, now: float) -> bool:
        """Whether a request may pass at the time ``now``, in seconds."""
        gained = (now - self._then) / self.limit.interval
        self._tokens = min(self._tokens + gained, float(self.limit.burst))
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def credentials(header: str) -> tuple[bytes, bytes] | None:
    """User and password of an Authorization header of the scheme Basic (RFC 7617), or None."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


class Guard:
    """Answers like the routes behind it, to those who may.

    Args:
        loop: of the server.
        routes: what is guarded.
        current: gives the configuration in force.
        audit: is told of those who may not.
    """

    def __init__(
        self,
        loop: EventLoop,
        routes: Routes,
        current: Callable[[], WebConfiguration],
        audit: Audit,
    ) -> None:
        self._routes = routes
        self._current = current
        self._audit = audit
        self._loop = loop
        self._bucket: TokenBucket | None = None
        self._passwords: PasswordChecker | None = None

    def answer(self, request: Request) -> Answer:
        """The routes' answer with the configured headers, or a refusal."""
        configuration = self._current()
        if configuration.rate_limit is not None and not self._may_pass(configuration.rate_limit):
            answer: Answer = TOO_MANY
        elif configuration.users:
            answer = self._authenticated(request, configuration.users)
        else:
            answer = self._routes.answer(request)
        if not configuration.headers:
            return answer
        if isinstance(answer, Response):
            return answer._replace(headers=answer.headers + configuration.headers)
        return self._then(
            answer, lambda made: made._replace(headers=made.headers + configuration.headers)
        )

    def _may_pass(self, limit: RateLimit) -> bool:
        now = self._loop.time()
        if self._bucket is None or self._bucket.limit != limit:
            self._bucket = TokenBucket(limit, now)
        return self._bucket.allow(now)

    def _authenticated(self, request: Request, users: dict[bytes, bytes]) -> Answer:
        given = credentials(request.headers.get("authorization", ""))
        if given is None:
            self._audit.refused_login(request.peer, MISSING)
            return UNAUTHORIZED
        passwords = self._passwords
        if passwords is None:
            from exporter.serving.passwords import PasswordChecker

            passwords = PasswordChecker()
            self._passwords = passwords
        if passwords.remembers(users, *given):
            return self._routes.answer(request)
        checked: Future[Response] = self._loop.create_future()

        def report(right: bool | None) -> None:
            # The loop is closed when the process ends during a check.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._finish, checked, request, right)

        if passwords.check(users, *given, report, neighbourhood(request.peer)):
            return checked
        self._audit.refused_login(request.peer, BUSY)
        return TOO_MANY

    def _finish(self, checked: Future[Response], request: Request, right: bool | None) -> None:
        if right:
            answer = self._routes.answer(request)
            if isinstance(answer, Response):
                checked.set_result(answer)
            else:
                answer.add_done_callback(partial(_hand_over, checked))
            return
        self._audit.refused_login(request.peer, BUSY if right is None else WRONG)
        checked.set_result(TOO_MANY if right is None else UNAUTHORIZED)

    def _then(
        self, answer: Future[Response], change: Callable[[Response], Response]
    ) -> Future[Response]:
        changed: Future[Response] = self._loop.create_future()
        answer.add_done_callback(lambda made: changed.set_result(change(made.result())))
        return changed


def _hand_over(to: Future[Response], made: Future[Response]) -> None:
    to.set_result(made.result())
