"""Clients that ask for the same page again and again over one connection, as Prometheus does.

Such a connection is lent to the thread that makes the pages. That one waits for the next request,
sees that it is the bytes of the one before, makes the page and sends it, and nobody else wakes up
for it. All that is not so plain goes back to the event loop: another request or half of one, the
client's end, an answer that the client takes slowly.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import threading
from time import monotonic
from typing import Protocol

from exporter.page.wanted import Wanted
from exporter.serving.audit import Audit
from exporter.serving.messages import page_response, render_response
from exporter.serving.unread import MOST_UNREAD, narrow, unread

IDLE_SECONDS = 300.0
# A request of Prometheus has 400 bytes; its own headers can be configured, and more is not kept.
LONGEST_REQUEST = 4096


class Lendable(Protocol):
    """A connection that can be lent; ``deadline`` is when its time is over, by ``monotonic``."""

    deadline: float

    def give_back(self, heard: bytes, unsent: bytes) -> None:
        """It is the event loop's again; called in the other thread.

        Args:
            heard: what the client has said meanwhile.
            unsent: what is left of its answer.
        """
        ...


class LentConnection:
    """A lent connection, and the request that its client makes again and again."""

    __slots__ = ("client", "descriptor", "request", "wanted")

    def __init__(self, client: Lendable, descriptor: int, request: bytes, wanted: Wanted) -> None:
        self.client = client
        self.descriptor = descriptor
        self.request = request
        self.wanted = wanted


class LentConnections:
    """The lent connections, and a bell that wakes up who waits for them.

    A connection that is given or taken back is not touched by the other thread any more: what that
    one does with a descriptor is done at once, and under the lock.

    Args:
        most: how many connections may be lent at once.
        audit: is told of each answer.
    """

    def __init__(self, most: int, audit: Audit) -> None:
        self._most = most
        self.audit = audit
        self._lock = threading.Lock()
        self._lent: dict[int, LentConnection] = {}
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll = select.epoll()
        self._epoll.register(self._bell, select.EPOLLIN)

    def lend(self, lent: LentConnection) -> bool:
        """Take a connection whose client has its answers; whether there was room for it."""
        with self._lock:
            if len(self._lent) >= self._most or len(lent.request) > LONGEST_REQUEST:
                return False
            self._lent[lent.descriptor] = lent
            self._epoll.register(lent.descriptor, select.EPOLLIN)
            return True

    def take_back(self, descriptor: int) -> None:
        """Have no more to do with a connection; afterwards it may be closed."""
        with self._lock:
            self._remove(descriptor)

    def ring(self) -> None:
        """Let ``wait`` return."""
        os.eventfd_write(self._bell, 1)

    def wait(self) -> list[LentConnection]:
        """Wait for requests or the bell; those who have asked for their page again."""
        asking = []
        for descriptor, _ in self._epoll.poll():
            if descriptor == self._bell:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self._bell)
            elif lent := self._hear(descriptor):
                asking.append(lent)
        return asking

    def _hear(self, descriptor: int) -> LentConnection | None:
        with self._lock:
            lent = self._lent.get(descriptor)
            if lent is None:
                return None
            try:
                # One byte more tells a longer request from this one.
                heard = os.read(descriptor, len(lent.request) + 1)
            except BlockingIOError:
                return None
            except OSError:
                heard = b""
            if heard == lent.request:
                lent.client.deadline = math.inf
                return lent
            self._remove(descriptor)
        lent.client.give_back(heard, b"")
        return None

    def answer(self, lent: LentConnection, page: bytes) -> None:
        """Send a page, unless the connection was taken back meanwhile."""
        response = page_response(page, lent.wanted.form)
        answer = render_response(response, keep_alive=True, head=False)
        with self._lock:
            if self._lent.get(lent.descriptor) is not lent:
                return
            self.audit.lent += 1
            if unread(lent.descriptor) > MOST_UNREAD:
                narrow(lent.descriptor)
            try:
                sent = os.write(lent.descriptor, answer)
            except BlockingIOError:
                sent = 0
            except OSError:
                # The event loop will find out why.
                answer, sent = b"", -1
            if sent == len(answer):
                lent.client.deadline = monotonic() + IDLE_SECONDS
                return
            self._remove(lent.descriptor)
        lent.client.give_back(b"", answer[max(sent, 0) :])

    def _remove(self, descriptor: int) -> None:
        if self._lent.pop(descriptor, None) is not None:
            with contextlib.suppress(OSError):
                self._epoll.unregister(descriptor)

    def close(self) -> None:
        """Close what is waited with, when nobody waits any more."""
        self._epoll.close()
        os.close(self._bell)
