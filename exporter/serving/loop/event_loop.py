"""Runs what is due: files that are ready, timers, signals, and what other threads hand over."""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import select
import signal
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

LOG = logging.getLogger(__name__)

Call = Callable[[], object]
T = TypeVar("T")
READABLE, WRITABLE = select.EPOLLIN, select.EPOLLOUT


class Timer:
    """A call that is due at a moment, by ``EventLoop.time``."""

    __slots__ = ("_call", "_when")

    def __init__(self, when: float, call: Call) -> None:
        self._when = when
        self._call: Call | None = call

    def __lt__(self, other: Timer) -> bool:
        """Whether it is due first."""
        return self._when < other._when

    def when(self) -> float:
        """The moment."""
        return self._when

    def cancel(self) -> None:
        """Do not call."""
        self._call = None

    def take(self) -> Call | None:
        """The call, unless it was cancelled."""
        return self._call


class Future(Generic[T]):
    """An outcome that comes later; to be used in the loop's thread alone."""

    __slots__ = ("_callbacks", "_loop", "_result")

    def __init__(self, loop: EventLoop) -> None:
        self._loop = loop
        self._result: tuple[T] | None = None
        self._callbacks: list[Callable[[Future[T]], object]] = []

    def done(self) -> bool:
        """Whether it has come."""
        return self._result is not None

    def result(self) -> T:
        """The outcome, which has come."""
        assert self._result is not None
        return self._result[0]

    def set_result(self, result: T) -> None:
        """It has come: those who wait are told soon, not in this call."""
        assert self._result is None
        self._result = (result,)
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self.add_done_callback(callback)

    def add_done_callback(self, callback: Callable[[Future[T]], object]) -> None:
        """Tell somebody, soon after it has come."""
        if self._result is None:
            self._callbacks.append(callback)
        else:
            self._loop.call_soon(callback, self)


class EventLoop:
    """One thread's loop; ``call_soon_threadsafe`` alone is for others, too.

    What fails in a call is logged, and costs nobody else anything.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, Callable[[int], object]] = {}
        self._ready: deque[Call] = deque()
        self._timers: list[Timer] = []
        self._bell, self._ringer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._epoll.register(self._bell, READABLE)
        self._stopping = False
        self._lock = threading.Lock()
        self._closed = False
        self._signals: list[int] = []
        self._wakeup_before = signal.set_wakeup_fd(self._ringer, warn_on_full_buffer=False)

    def time(self) -> float:
        """The loop's clock, in seconds."""
        return monotonic()

    def call_soon(self, call: Callable[..., object], *arguments: object) -> None:
        """Call when what is going on is done."""
        self._ready.append(partial(call, *arguments))

    def call_soon_threadsafe(self, call: Callable[..., object], *arguments: object) -> None:
        """The same, from any thread.

        Raises:
            RuntimeError: the loop has ended.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the event loop has ended")
            self._ready.append(partial(call, *arguments))
            # Where the pipe is full, the loop is awake.
            with contextlib.suppress(BlockingIOError):
                os.write(self._ringer, b"\0")

    def call_later(self, seconds: float, call: Call) -> Timer:
        """Call after a while."""
        timer = Timer(self.time() + seconds, call)
        heapq.heappush(self._timers, timer)
        return timer

    def create_future(self) -> Future[T]:
        """An outcome that somebody of this thread will set."""
        return Future(self)

    def add_signal_handler(self, number: int, call: Call) -> None:
        """Call when a signal comes. Python runs the handler in this thread, the pipe wakes it."""
        signal.signal(number, lambda *_: self._ready.append(call))
        signal.siginterrupt(number, False)
        self._signals.append(number)

    def watch(self, descriptor: int, events: int, handle: Callable[[int], object]) -> None:
        """Call ``handle`` with what a descriptor is ready for; no ``events``: watch it no more."""
        known = descriptor in self._watched
        if events:
            (self._epoll.modify if known else self._epoll.register)(descriptor, events)
            self._watched[descriptor] = handle
        elif known:
            del self._watched[descriptor]
            self._epoll.unregister(descriptor)

    def stop(self) -> None:
        """Let ``run`` return."""
        self._stopping = True

    def run(self) -> None:
        """Run until ``stop`` is called."""
        while not self._stopping:
            self._once()

    def close(self) -> None:
        """Do what is still to be done at once, and end."""
        for _ in range(len(self._ready)):
            self._do(self._ready.popleft())
        with self._lock:
            self._closed = True
        for number in self._signals:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(self._wakeup_before)
        self._epoll.close()
        os.close(self._bell)
        os.close(self._ringer)

    def _once(self) -> None:
        for descriptor, events in self._epoll.poll(self._seconds()):
            if descriptor == self._bell:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._bell, 4096)
                continue
            # One that was handled before it may have had it closed.
            handle = self._watched.get(descriptor)
            if handle is not None:
                self._do(partial(handle, events))
        now = self.time()
        while self._timers and self._timers[0].when() <= now:
            due = heapq.heappop(self._timers).take()
            if due is not None:
                self._ready.append(due)
        # What these calls want called has its turn behind what has come meanwhile.
        for _ in range(len(self._ready)):
            self._do(self._ready.popleft())

    def _seconds(self) -> float | None:
        """How long to wait; None is until something comes."""
        if self._ready:
            return 0
        while self._timers and self._timers[0].take() is None:
            heapq.heappop(self._timers)
        return max(self._timers[0].when() - self.time(), 0) if self._timers else None

    def _do(self, call: Call) -> None:
        try:
            call()
        except Exception:
            LOG.exception("a call of the event loop failed")
