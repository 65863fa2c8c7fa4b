"""Answers that come twice, and receivers whose certificate is or is not to be trusted."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfanalysis.delivery.answers import Answer, DeliveryOutcome
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.sender import Sender
from perfanalysis.delivery.spool import Spool
from tests.perfanalysis.delivery.conftest import Receiver

QUICK = Backoff(first=0.01, longest=0.02)
TAKEN, FAILED = (
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 500 Later\r\nContent-Length: 0\r\n\r\n",
)


class Twice:
    """A server that gives its first answer twice, fails the second document once, then takes all.

    Args:
        gap: seconds between the two answers.
    """

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.bodies: list[bytes] = []
        self.answered_twice = threading.Event()
        self._answers = [FAILED]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(ConnectionError), client, client.makefile("rb") as stream:
            while head := stream.readline():
                length = 0
                while (head := stream.readline().strip()) != b"":
                    name, _, value = head.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                self.bodies.append(stream.read(length))
                if len(self.bodies) > 1:
                    client.sendall(self._answers.pop(0) if self._answers else TAKEN)
                elif self.gap:
                    client.sendall(TAKEN)
                    time.sleep(self.gap)
                    client.sendall(TAKEN)
                    self.answered_twice.set()
                else:
                    client.sendall(TAKEN + TAKEN)
                    self.answered_twice.set()

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_an_answer_that_comes_twice_does_not_stand_for_the_next_document(
    tmp_path: Path, gap: float
) -> None:
    spool = Spool(tmp_path)
    spool.add(b"first", "text/plain")
    server = Twice(gap)
    answers: list[Answer] = []

    def listen(entry: Entry, answer: Answer) -> None:
        del entry
        answers.append(answer)

    try:
        destination = Destination("upload", Endpoint(server.url))
        with Sender(spool, destination, backoff=QUICK, listener=listen) as sender:
            sender.run(threading.Event())
            assert server.answered_twice.wait(60)
            spool.add(b"second", "text/plain")
            sender.run(threading.Event())
    finally:
        server.close()
    assert server.bodies == [b"first", b"second", b"second"]
    assert [answer.status for answer in answers] == [204, 500, 204]


def test_a_document_is_acknowledged_when_file_and_folder_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real fsync is called, and watched."""
    spool = Spool(tmp_path)
    synchronised: list[str] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        real(descriptor)
        synchronised.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", watched)
    entry = spool.add(b"x", "text/plain")
    file, folder = synchronised
    assert Path(file).name.startswith(f".{entry.path.name}.")
    assert folder == str(entry.path.parent)
    spool.put_aside(entry, {"status": 400})
    assert str(tmp_path / "dead") in synchronised[2:]
    assert str(tmp_path / "queue") in synchronised[2:]


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    made = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={name}"]
    command += ["-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Receiver]:
    """A receiver that speaks TLS, with a certificate that nobody else has signed."""
    (tmp_path / "good").mkdir()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path, "IP:127.0.0.1"))
    server = Receiver()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_receivers_certificate_is_checked_against_the_file(
    secure: Receiver, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool")
    spool.add(b"x", "text/plain")
    other, _ = certificate(tmp_path, "IP:127.0.0.2")
    for ca_file in ("", str(other), str(tmp_path / "absent")):
        with Sender(spool, Destination("upload", Endpoint(secure.url, ca_file=ca_file))) as sender:
            answer = sender.attempt()
        assert answer is not None
        assert answer.outcome is DeliveryOutcome.RETRY
        assert secure.got == []
    right = str(tmp_path / "IP:127.0.0.1.pem")
    destination = Destination("upload", Endpoint(secure.url, ca_file=right))
    destination.save(spool.folder)
    with Sender(spool, destination) as sender:
        sender.run(threading.Event())
    assert [got.body for got in secure.got] == [b"x"]
