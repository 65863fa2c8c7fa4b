"""Messages that wait to be sent: as many as fit, and threads that send them.

What waits is in memory: a portal that is killed loses it, and Alertmanager sends what still fires
again after its `repeat_interval`.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from perfanalysis.delivery.backoff import Backoff, GaveUpError, Patience, keep_trying
from portal.pushing import subscriptions
from portal.pushing.alertmanager import PushMessage
from portal.pushing.posting import Poster, Pushed
from portal.pushing.subscriptions import Browser
from portal.records.tenant_session import TenantSession

LOG = logging.getLogger(__name__)
MOST_WAITING = 5000
_THREADS = 4
_ATTEMPTS, _LONGEST_WAIT = 3, 30.0


class ToPush(NamedTuple):
    """A message for one browser."""

    tenant: uuid.UUID
    subscription: uuid.UUID
    browser: Browser
    message: PushMessage


class PushQueue:
    """The queue.

    Args:
        engine: of the portal's database, where subscriptions that are gone are forgotten.
        poster: sends.
        count: told what became of each: ``delivered``, ``gone``, ``refused`` or ``failed``.
        most: that may wait.
        backoff: the waits between attempts.
    """

    def __init__(
        self,
        engine: Engine,
        poster: Poster,
        count: Callable[[str], None],
        *,
        most: int = MOST_WAITING,
        backoff: Backoff | None = None,
    ) -> None:
        self.poster = poster
        self._engine = engine
        self._count = count
        self._most = most
        self._backoff = backoff or Backoff(first=1.0, longest=10.0)
        self._waiting: queue.SimpleQueue[ToPush | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting.qsize()

    def put(self, messages: Sequence[ToPush]) -> bool:
        """Have messages sent; all of them, or none where there is no room."""
        with self._lock:
            if self._waiting.qsize() + len(messages) > self._most:
                return False
            for one in messages:
                self._waiting.put(one)
        return True

    def start(self) -> None:
        """Begin to send."""
        for number in range(_THREADS):
            thread = threading.Thread(target=self._work, name=f"push-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float) -> None:
        """Send what waits, for so long at most; what is left then is lost, and the log says so."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
        if left := self._waiting.qsize():
            LOG.warning("pushes that were not sent at the end: %d", left)

    def _work(self) -> None:
        while (one := self._waiting.get()) is not None:
            try:
                self._count(self._send(one))
            except Exception:
                # The thread is to go on with the next one, whatever this one met.
                LOG.exception("a push failed")
                self._count("failed")

    def _send(self, one: ToPush) -> str:
        service = urlsplit(one.browser.endpoint).hostname
        patience = Patience(_ATTEMPTS, _LONGEST_WAIT)
        try:
            outcome, said = keep_trying(
                lambda: self.poster.post(one.browser, one.message), self._backoff, patience
            )
        except GaveUpError as error:
            facts = {"service": service, "said": str(error), "attempts": error.failures}
            LOG.warning("a push was given up", extra={"facts": facts})
            return "failed"
        if outcome is Pushed.GONE:
            self._forget(one)
        elif outcome is Pushed.REFUSED:
            LOG.warning("a push was refused", extra={"facts": {"service": service, "said": said}})
        return outcome.value

    def _forget(self, one: ToPush) -> None:
        try:
            with TenantSession(self._engine, one.tenant, writes=True) as session, session.begin():
                subscriptions.forget(session, one.subscription)
        except SQLAlchemyError as error:
            # The next push finds it gone once more.
            LOG.warning("a subscription that is gone stays: %s", type(error).__name__)
