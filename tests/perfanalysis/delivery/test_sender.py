"""The sender against a real server that refuses, fails, breaks off, and comes back."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from demo.servers import free_port
from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.backoff import Backoff, retry_after
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination, load
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.sender import Sender, SenderBusyError
from perfanalysis.delivery.spool import Spool
from perfanalysis.errors import InputError
from tests.perfanalysis.delivery.conftest import Receiver, Reply

QUICK = Backoff(first=0.01, longest=0.02)
KEY = "s3cret-key-0123456789"


def empty(spool: Spool, destination: Destination) -> list[Answer]:
    answers: list[Answer] = []

    def listen(entry: Entry, answer: Answer) -> None:
        del entry
        answers.append(answer)

    with Sender(spool, destination, backoff=QUICK, listener=listen) as sender:
        sender.run(threading.Event())
    return answers


def test_failures_are_retried_in_order_under_one_key(tmp_path: Path, receiver: Receiver) -> None:
    spool = Spool(tmp_path)
    for body in (b"first", b"second"):
        spool.add(body, "application/json")
    receiver.replies += [Reply(500), Reply(503), Reply(429), Reply(0)]
    answers = empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [answer.status for answer in answers] == [500, 503, 429, 0, 204, 204]
    assert [got.body for got in receiver.got] == [b"first"] * 5 + [b"second"]
    assert len({got.headers["idempotency-key"] for got in receiver.got}) == 2
    assert receiver.got[0].headers["content-type"] == "application/json"
    # The document that was taken without an answer came twice and is stored once.
    assert list(receiver.stored.values()) == [b"first", b"second"]
    assert spool.waiting() == []


@pytest.mark.parametrize("status", [400, 406, 409, 411, 413, 415, 422, 431])
def test_what_is_refused_is_put_aside_with_the_answer(
    tmp_path: Path, receiver: Receiver, status: int
) -> None:
    spool = Spool(tmp_path)
    for body in (b"bad", b"good"):
        spool.add(body, "application/json")
    receiver.replies.append(Reply(status, text="no such tenant"))
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [got.body for got in receiver.got] == [b"bad", b"good"]
    entry = spool.dead()[0]
    assert spool.read(entry).body == b"bad"
    answer = spool.answer(entry)
    assert (answer["status"], answer["text"]) == (status, "no such tenant")


def test_a_damaged_document_does_not_stop_the_others(tmp_path: Path, receiver: Receiver) -> None:
    spool = Spool(tmp_path)
    spool.add(b"one", "text/plain").path.write_bytes(b"\0")
    spool.add(b"two", "text/plain")
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [got.body for got in receiver.got] == [b"two"]
    assert "damaged" in str(spool.answer(spool.dead()[0])["text"])


def test_the_key_is_sent_and_shown_nowhere(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    destination = Destination(
        "upload", Endpoint(receiver.url + "?x=1", Credentials(file=str(file)))
    )
    spool = Spool(tmp_path / "spool")
    destination.save(spool.folder)
    spool.add(b"x", "text/plain")
    receiver.replies.append(lambda got: Reply(400, text=f"not {got.headers['authorization']}"))
    empty(spool, load(spool.folder))
    assert receiver.got[0].headers["authorization"] == f"Bearer {KEY}"
    assert spool.answer(spool.dead()[0])["text"] == "not Bearer ***"
    assert KEY not in caplog.text
    written = b"".join(p.read_bytes() for p in spool.folder.rglob("*") if p.is_file())
    assert KEY.encode() not in written


def test_a_header_whose_value_stands_in_a_file_is_a_secret_too(
    tmp_path: Path, receiver: Receiver
) -> None:
    file = tmp_path / "tenant"
    file.write_text("secret-tenant\n")
    endpoint = Endpoint(receiver.url, header_files={"X-Scope-OrgID": str(file)})
    spool = Spool(tmp_path / "spool")
    spool.add(b"x", "text/plain")
    receiver.replies.append(lambda got: Reply(400, text=f"no {got.headers['x-scope-orgid']}"))
    empty(spool, Destination("upload", endpoint))
    assert receiver.got[0].headers["x-scope-orgid"] == "secret-tenant"
    assert spool.answer(spool.dead()[0])["text"] == "no ***"


def test_basic_authentication_from_the_environment(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECEIVER_KEY", "open sesame")
    spool = Spool(tmp_path)
    spool.add(b"x", "text/plain")
    credentials = Credentials(variable="RECEIVER_KEY", username="Aladdin")
    empty(spool, Destination("upload", Endpoint(receiver.url, credentials)))
    # The example of RFC 7617 but for its small o.
    assert receiver.got[0].headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def test_an_answer_that_breaks_off_counts_by_its_status(tmp_path: Path, receiver: Receiver) -> None:
    spool = Spool(tmp_path)
    spool.add(b"x", "text/plain")
    receiver.replies.append(Reply(200, {"Transfer-Encoding": "chunked"}, "not chunked"))
    answers = empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [answer.outcome for answer in answers] == [DeliveryOutcome.DELIVERED]


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe", None])
def test_an_unusable_key_is_not_shown(
    tmp_path: Path, receiver: Receiver, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    spool = Spool(tmp_path / "spool")
    spool.add(b"x", "text/plain")
    with pytest.raises(InputError, match="key: expected a") as raised:
        empty(spool, Destination("upload", Endpoint(receiver.url, Credentials(file=str(file)))))
    assert "two" not in str(raised.value)
    assert receiver.got == []
    assert len(spool.waiting()) == 1


def test_two_senders_do_not_race(tmp_path: Path, receiver: Receiver) -> None:
    spool = Spool(tmp_path)
    destination = Destination("upload", Endpoint(receiver.url))
    with (
        Sender(spool, destination),
        pytest.raises(SenderBusyError, match="another process sends"),
        Sender(spool, destination),
    ):
        pass
    with Sender(spool, destination):
        pass


def test_a_receiver_that_is_away_loses_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(b"x", "text/plain")
    destination = Destination("upload", Endpoint(f"http://127.0.0.1:{free_port()}/"))
    with Sender(spool, destination, backoff=QUICK) as sender:
        sender.run(threading.Event(), until=time.monotonic() + 0.2)
        assert str(sender.last_failure).startswith(
            "no answer (Connection refused); see that it runs"
        )
    assert len(spool.waiting()) == 1


SENDER = """
import sys, threading
from pathlib import Path
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import Spool
with Sender(Spool(Path(sys.argv[1])), Destination("upload", Endpoint(sys.argv[2]))) as sender:
    print("up", flush=True)
    sender.run(threading.Event())
"""


def test_a_sender_killed_at_any_point_delivers_all_in_the_end(
    tmp_path: Path, receiver: Receiver
) -> None:
    spool = Spool(tmp_path)
    sent = {f"key-{n}": b"%d" % n for n in range(400)}
    for key, body in sent.items():
        spool.add(body, "text/plain", key)
    for number in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(tmp_path), receiver.url], stdout=subprocess.PIPE
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.004 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert receiver.stored == sent
    assert list(receiver.stored) == list(sent)
    assert spool.waiting() == spool.dead() == []


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0, 0.5), (1, 1, 1), (4, 1, 8), (4, 0, 4), (20, 1, 300), (5000, 0.5, 225)],
)
def test_backoff(failures: int, chance: float, seconds: float) -> None:
    assert Backoff().seconds(failures, chance) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("7", 7),
        (" 120 ", 120),
        ("9" * 400, 3600),
        ("-5", 0),
        ("soon", 0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 60),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0),
    ],
)
def test_retry_after(value: str | None, seconds: float) -> None:
    assert retry_after(value, 40.0) == seconds


def test_retry_after_is_heeded(tmp_path: Path, receiver: Receiver) -> None:
    spool = Spool(tmp_path)
    spool.add(b"x", "text/plain")
    receiver.replies.append(Reply(503, {"Retry-After": "50"}))
    with Sender(spool, Destination("upload", Endpoint(receiver.url)), backoff=QUICK) as sender:
        answer = sender.attempt()
        assert answer
        assert answer.outcome is DeliveryOutcome.RETRY
        assert 40 < sender.wait_seconds() <= 50
