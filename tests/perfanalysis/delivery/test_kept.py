"""What waits for a person, what is a document's own fault, and what is refused in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.spool import Spool
from tests.perfanalysis.delivery.conftest import Got, Receiver, Reply
from tests.perfanalysis.delivery.test_sender import KEY, empty


@pytest.mark.parametrize(
    "status", [300, 301, 307, 308, 401, 402, 403, 404, 405, 407, 408, 410, 421]
)
def test_what_a_person_can_mend_waits_and_keeps_its_place(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    spool = Spool(tmp_path)
    for body in (b"first", b"second"):
        spool.add(body, "application/json")
    receiver.replies += [Reply(status, {"Location": "http://u:pw@other/x?token=t"})] * 3
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [got.body for got in receiver.got] == [b"first"] * 4 + [b"second"]
    assert list(receiver.stored.values()) == [b"first", b"second"]
    assert spool.waiting() == spool.dead() == []
    assert caplog.text.count("kept, and tried again") == 1
    if status < 400:
        assert "it stands elsewhere now, at http://other/x: name that address" in caplog.text
        assert "token" not in caplog.text


def test_a_redirect_takes_no_key_to_another_origin(tmp_path: Path, receiver: Receiver) -> None:
    other = receiver.url.replace("127.0.0.1", "localhost")
    (tmp_path / "key").write_text(KEY)
    spool = Spool(tmp_path / "spool")
    spool.add(b"x", "text/plain")
    receiver.replies += [Reply(307, {"Location": other}), Reply(308, {"Location": other})]
    credentials = Credentials(file=str(tmp_path / "key"))
    empty(spool, Destination("upload", Endpoint(receiver.url, credentials)))
    assert len(receiver.got) == 3
    assert {got.headers["host"] for got in receiver.got} == {f"127.0.0.1:{receiver.server_port}"}


def test_a_key_that_was_replaced_heals_what_waits(tmp_path: Path, receiver: Receiver) -> None:
    key = tmp_path / "key"
    key.write_text("old")
    spool = Spool(tmp_path / "spool")
    for body in (b"first", b"second"):
        spool.add(body, "text/plain")

    def locked(got: Got) -> Reply:
        if got.headers["authorization"] == "Bearer new":
            return Reply(204)
        key.write_text("new")
        return Reply(401)

    receiver.replies += [locked] * 3
    empty(spool, Destination("upload", Endpoint(receiver.url, Credentials(file=str(key)))))
    assert list(receiver.stored.values()) == [b"first", b"second"]


@pytest.mark.parametrize("status", [0, 302, 403, 404, 500])
def test_a_poisoned_document_does_not_hold_up_the_others(
    tmp_path: Path, receiver: Receiver, status: int
) -> None:
    """A receiver, or what stands before it, that answers all but one, which it never takes."""
    spool = Spool(tmp_path)
    bodies = [b"poison", *(b"%d" % n for n in range(5)), b"poison", b"last"]
    for body in bodies:
        spool.add(body, "text/plain")
    receiver.takes = lambda got: Reply(status, text="why") if got.body == b"poison" else Reply(204)
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [body for body in receiver.stored.values() if body != b"poison"] == [
        body for body in bodies if body != b"poison"
    ]
    assert spool.waiting() == []
    entries = spool.dead()
    assert [spool.read(entry).body for entry in entries] == [b"poison", b"poison"]
    said = str(spool.answer(entries[0])["text"])
    assert said.startswith("failed 5 times, and right after the next one was taken: ")


def test_a_receiver_that_is_ill_loses_nothing_however_long_it_is(
    tmp_path: Path, receiver: Receiver
) -> None:
    spool = Spool(tmp_path)
    for n in range(4):
        spool.add(b"%d" % n, "text/plain")
    receiver.replies += [Reply(503)] * 40
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert list(receiver.stored.values()) == [b"0", b"1", b"2", b"3"]
    assert spool.dead() == []


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, receiver: Receiver
) -> None:
    spool = Spool(tmp_path)
    path = spool.add(b"one", "text/plain").path
    spool.add(b"two", "text/plain")
    path.unlink()
    path.mkdir()
    empty(spool, Destination("upload", Endpoint(receiver.url)))
    assert [got.body for got in receiver.got] == [b"two"]
    assert "Is a directory" in str(spool.answer(spool.dead()[0])["text"])


def test_of_a_request_that_is_refused_in_part_that_is_said(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path)
    for _ in range(2):
        spool.add(b"x", "application/x-protobuf")
    written = {"X-Prometheus-Remote-Write-Samples-Written": "7"}
    receiver.replies += [Reply(400, written, "too old sample"), Reply(400, text="too old sample")]
    empty(spool, Destination("remote-write", Endpoint(receiver.url)))
    said = [record.message.partition("/results ")[2] for record in caplog.records]
    refused = "refused a document, or samples of it: status 400: "
    stored = "(7 of its samples are stored) "
    assert said == [f"{refused}{stored}too old sample", f"{refused}too old sample"]
