"""Calls, timers, signals and futures of the event loop."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from exporter.serving.loop.event_loop import READABLE, EventLoop


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    with contextlib.closing(EventLoop()) as made:
        yield made


def test_calls_have_their_turn_in_order_and_what_they_want_comes_behind(loop: EventLoop) -> None:
    said: list[str] = []
    loop.call_soon(lambda: (said.append("first"), loop.call_soon(said.append, "behind")))
    loop.call_soon(said.append, "second")
    loop.call_later(0.05, loop.stop)
    loop.run()
    assert said == ["first", "second", "behind"]


def test_timers_are_called_when_they_are_due_and_not_when_cancelled(loop: EventLoop) -> None:
    said: list[str] = []
    late = loop.call_later(0.06, lambda: said.append("late"))
    loop.call_later(0.02, lambda: said.append("soon"))
    cancelled = loop.call_later(0.03, lambda: said.append("never"))
    cancelled.cancel()
    loop.call_later(0.1, loop.stop)
    begin = loop.time()
    assert late.when() > begin
    loop.run()
    assert said == ["soon", "late"]
    assert loop.time() - begin >= 0.1


def test_a_future_tells_those_who_came_before_and_behind(loop: EventLoop) -> None:
    said: list[int] = []
    future = loop.create_future()
    future.add_done_callback(lambda made: said.append(made.result()))
    assert not future.done()
    future.set_result(7)
    assert (future.done(), said) == (True, [])
    future.add_done_callback(lambda made: (said.append(made.result() + 1), loop.stop()))
    loop.run()
    assert said == [7, 8]


def test_another_thread_wakes_it_up(loop: EventLoop) -> None:
    threading.Timer(0.05, lambda: loop.call_soon_threadsafe(loop.stop)).start()
    loop.run()


def test_a_signal_is_handled_in_the_loop(loop: EventLoop) -> None:
    loop.add_signal_handler(signal.SIGUSR1, loop.stop)
    threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
    loop.run()


def test_what_fails_costs_nobody_else_anything(
    loop: EventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    loop.call_soon(lambda: 1 // 0)
    loop.call_soon(loop.stop)
    with caplog.at_level(logging.ERROR):
        loop.run()
    assert "ZeroDivisionError" in caplog.text


def test_a_descriptor_is_watched_until_it_is_not(loop: EventLoop) -> None:
    heard: list[bytes] = []
    reader, writer = os.pipe()

    def hear(events: int) -> None:
        assert events & READABLE
        heard.append(os.read(reader, 1))
        if len(heard) == 2:
            loop.watch(reader, 0, hear)
            loop.call_later(0.05, loop.stop)

    loop.watch(reader, READABLE, hear)
    os.write(writer, b"abc")
    loop.run()
    assert heard == [b"a", b"b"]
    os.close(reader)
    os.close(writer)


def test_a_loop_that_has_ended_takes_no_calls_and_gives_signals_back() -> None:
    loop = EventLoop()
    loop.add_signal_handler(signal.SIGUSR1, loop.stop)
    said: list[str] = []
    loop.call_soon(said.append, "at the end")
    loop.close()
    assert said == ["at the end"]
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    with pytest.raises(RuntimeError, match="ended"):
        loop.call_soon_threadsafe(said.append, "too late")
