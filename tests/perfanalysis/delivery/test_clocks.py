"""Samples ahead of the receiver's clock: held back, said, and no others with them."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.servers import free_port
from perfanalysis.delivery.answers import Answer
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import Destination, DestinationClient
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Entry, entry_of, file_name
from perfanalysis.delivery.receiver_clock import ReceiverClock
from perfanalysis.delivery.remote_write import CONTENT_TYPE
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import Spool
from tests.perfanalysis.delivery.conftest import Receiver, Strict

QUICK = Backoff(first=0.01, longest=0.02)
NOON = "Sun, 06 Nov 1994 08:49:37 GMT"  # of RFC 9110, 5.6.7
NOON_SECONDS = 784_111_777.0


class Running:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 5000.0

    def __call__(self) -> float:
        return self.seconds


def test_what_a_date_says() -> None:
    running = Running()
    clock = ReceiverClock(running, own=lambda: NOON_SECONDS + 100.0)
    assert clock.stale
    assert (clock.now(), clock.ahead(), clock.wait_for(2e9)) == (None, None, 0.0)
    clock.hear(NOON)
    assert not clock.stale
    assert (clock.now(), clock.ahead()) == (NOON_SECONDS, 100.0)
    running.seconds += 30.0
    assert (clock.now(), clock.ahead()) == (NOON_SECONDS + 30, 70.0)
    # A minute is what clocks may differ by.
    assert clock.wait_for(NOON_SECONDS + 90) == 0.0
    assert clock.wait_for(NOON_SECONDS + 91) == 1.0
    assert clock.wait_for(None) == 0.0
    running.seconds += 300.0
    assert clock.stale


@pytest.mark.parametrize("date", [None, "", "noon", "Sun, 06 Nov", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_a_receiver_that_does_not_tell_its_time(date: str | None) -> None:
    clock = ReceiverClock()
    clock.hear(date)
    assert not clock.stale
    assert (clock.now(), clock.ahead(), clock.wait_for(2e12)) == (None, None, 0.0)


@given(st.integers(0, 10**20 - 1), st.integers(0, 10**9), st.none() | st.integers(0, 10**14))
def test_a_files_name_tells_what_it_is(sequence: int, size: int, milliseconds: int | None) -> None:
    newest = None if milliseconds is None else milliseconds / 1000
    name = file_name(sequence, size, newest)
    assert entry_of(Path("f"), name) == Entry(Path("f") / name, sequence, size, newest)


@pytest.mark.parametrize(
    "name", ["", "1.entry", "1-2-.entry", "1-2-3-4.entry", "a-2.entry", "1-2.answer", ".1-2.entry"]
)
def test_names_that_are_no_entries(name: str) -> None:
    assert entry_of(Path("f"), name) is None


def bodies(receiver: Receiver) -> list[bytes]:
    return [got.body for got in receiver.got]


def test_what_is_ahead_waits_and_holds_up_nothing(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    now = time.time()
    spool = Spool(tmp_path)
    for body, newest in (
        (b"three days", now + 3 * 86400),
        (b"of now", now),
        (b"two minutes", now + 120),
        (b"a clock that differs a little", now + 30),
        (b"no samples", None),
    ):
        spool.add(body, CONTENT_TYPE, newest=newest)
    with Sender(spool, Destination("remote-write", Endpoint(receiver.url))) as sender:
        sender.run(threading.Event())
        assert sender.held == 2
        assert sender.clock.ahead() == pytest.approx(0, abs=5)
        said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
        assert len(said) == 1
        assert "held back until they have come; this machine's clock is" in said[0]
        assert bodies(receiver) == [b"of now", b"a clock that differs a little", b"no samples"]
        assert [spool.read(one).body for one in spool.waiting()] == [b"three days", b"two minutes"]
        # The receiver's clock goes on, or is corrected.
        receiver.ahead = 3600.0
        spool.add(b"again", CONTENT_TYPE, newest=now)
        sender.run(threading.Event())
        assert bodies(receiver)[3:] == [b"again", b"two minutes"]
        assert sender.held == 1
    assert spool.dead() == []


def test_a_machine_whose_clock_is_ahead_waits_for_its_time_to_come(
    tmp_path: Path, receiver: Receiver
) -> None:
    """The receiver's clock is 62 s behind: what is of now is sent in two seconds."""
    receiver.ahead = -62.0
    spool = Spool(tmp_path)
    stop = threading.Event()
    with Sender(spool, Destination("remote-write", Endpoint(receiver.url))) as sender:
        thread = threading.Thread(target=lambda: sender.run(stop, idle_seconds=60.0))
        thread.start()
        try:
            begin = time.time()
            spool.add(b"x", CONTENT_TYPE, newest=begin)
            sender.notify()
            end = time.monotonic() + 60
            while not receiver.got:
                assert time.monotonic() < end
                time.sleep(0.05)
            # A lower bound that the receiver's clock sets; Date has whole seconds.
            assert time.time() - begin >= 0.9
        finally:
            stop.set()
            sender.notify()
            thread.join()


def test_nothing_is_sent_to_a_receiver_that_does_not_tell_its_time_since_it_is_away(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path)
    spool.add(b"x", CONTENT_TYPE, newest=time.time() + 86400)
    destination = Destination("remote-write", Endpoint(f"http://127.0.0.1:{free_port()}/"))
    with Sender(spool, destination, backoff=QUICK) as sender:
        answer = sender.attempt()
    assert answer is not None
    assert (answer.kept, answer.text) == (True, "no answer (Connection refused)")
    assert len(spool.waiting()) == 1


def test_the_time_is_asked_for_over_tls_with_the_clients_certificate(strict: Strict) -> None:
    strict.receiver.ahead = -3600.0
    client = DestinationClient(Destination("remote-write", Endpoint(strict.url, **strict.files)))
    try:
        assert client.learn_time() is None
        assert client.clock.ahead() == pytest.approx(3600, abs=5)
        assert strict.receiver.got == []
    finally:
        client.close()
    without = DestinationClient(
        Destination("remote-write", Endpoint(strict.url, ca_file=strict.ca_file))
    )
    try:
        assert isinstance(without.learn_time(), Answer)
    finally:
        without.close()


class FillsUp(Spool):
    """A queue into which a document comes right after it was looked at for the first time."""

    filled = False

    def waiting(self) -> list[Entry]:
        seen = super().waiting()
        if not self.filled:
            self.filled = True
            self.add(b"x", CONTENT_TYPE, newest=time.time())
        return seen


def test_a_document_that_comes_while_the_queue_is_looked_at_does_not_go_unasked(
    receiver: Receiver, tmp_path: Path
) -> None:
    receiver.ahead = -3600.0
    spool = FillsUp(tmp_path)
    destination = Destination("remote-write", Endpoint(receiver.url))
    with Sender(spool, destination, backoff=QUICK) as sender:
        assert sender.attempt() is None
        assert sender.attempt() is None
    assert receiver.got == []
    assert len(spool.waiting()) == 1
