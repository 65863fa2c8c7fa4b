"""gRPC by hand over a CRI socket: a server of h2 that answers well, ill and not at all."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from exporter.collectors.cgroup.names.errors import NamesError
from exporter.collectors.cgroup.names.identity import Known, Pod
from tests.exporter.collectors.cgroup.names.test_sockets import listening
from tests.exporter.collectors.cgroup.trees import container_id

pytest.importorskip("h2", reason="the extra cri is not installed")

import h2.config
import h2.connection
import h2.events

from exporter.collectors.cgroup.names import cri, grpc_call

A, B, C = (container_id(number) for number in range(3))
OK = [("grpc-status", "0")]


def answers() -> tuple[bytes, bytes]:
    """Of a runtime with one pod of one container, and a container whose pod has just gone."""
    sandboxes = cri.Sandboxes()
    sandbox = sandboxes.items.add(id=B)
    sandbox.metadata.name, sandbox.metadata.uid, sandbox.metadata.namespace = "web", "u", "shop"
    containers = cri.Containers()
    one = containers.containers.add(id=A, pod_sandbox_id=B)
    one.metadata.name, one.image.image = "app", "sha256:12"
    one.image.user_specified_image = "web:2"
    containers.containers.add(id=C, pod_sandbox_id="gone").image.image = "sha256:34"
    return sandboxes.SerializeToString(), containers.SerializeToString()


def framed(message: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(message).to_bytes(4, "big") + message


class Runtime:
    """Answers each call with the next body and trailers; ``asked`` are the paths."""

    def __init__(self, *given: tuple[bytes, list[tuple[str, str]] | None]) -> None:
        self._given = list(given)
        self.asked: list[str] = []

    def __call__(self, client: socket.socket) -> None:
        configuration = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        connection = h2.connection.H2Connection(configuration)
        connection.initiate_connection()
        client.sendall(connection.data_to_send())
        while data := client.recv(65536):
            for event in connection.receive_data(data):
                self._heed(connection, event)
            client.sendall(connection.data_to_send())

    def _heed(self, connection: Any, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self.asked += [str(value) for name, value in event.headers or () if name == ":path"]
        if not isinstance(event, h2.events.StreamEnded):
            return
        body, trailers = self._given.pop(0)
        if trailers is None:
            connection.reset_stream(event.stream_id)
            return
        head = [(":status", "200"), ("content-type", "application/grpc")]
        connection.send_headers(event.stream_id, head)
        while body:
            room = min(connection.local_flow_control_window(event.stream_id), 16384)
            connection.send_data(event.stream_id, body[:room])
            body = body[room:]
        connection.send_headers(event.stream_id, trailers, end_stream=True)


def test_containers_and_their_pods(tmp_path: Path) -> None:
    sandboxes, containers = (framed(message) for message in answers())
    runtime = Runtime((sandboxes, OK), (containers, OK))
    with listening(tmp_path, runtime) as path:
        found = cri.Cri(path).ask()
    assert found.containers == {
        A: Known("", "app", "web", "shop", "web:2"),
        B: Known("", "POD", "web", "shop"),
        C: Known("", "", "", "", "sha256:34"),
    }
    assert found.pods == {"u": Pod("web", "shop")}
    service = "/runtime.v1.RuntimeService"
    assert runtime.asked == [f"{service}/ListPodSandbox", f"{service}/ListContainers"]


@pytest.mark.parametrize(
    ("given", "said", "reason"),
    [
        ((b"", [("grpc-status", "7"), ("grpc-message", "not%20you")]), "7: not you", "denied"),
        ((b"", [("grpc-status", "12")]), "gRPC status 12$", "unreachable"),
        ((b"", [("x", "y")]), "status missing", "unreachable"),
        ((b"", OK), "expected one message", "unreachable"),
        ((framed(b"", 1), OK), "expected one message", "unreachable"),
        ((framed(b"a") + b"b", OK), "expected one message", "unreachable"),
        ((framed(b"\xff\xff"), OK), "expected answers of runtime.v1", "unreachable"),
        ((b"", None), "given up by the server", "unreachable"),
        ((b"x" * 3000, OK), "larger than 2000 bytes", "unreachable"),
    ],
)
def test_an_answer_that_is_of_no_use(
    given: tuple[bytes, list[tuple[str, str]] | None],
    said: str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cri, "LARGEST_ANSWER", 2000)
    runtime = Runtime(given, (framed(answers()[1]), OK))
    with listening(tmp_path, runtime) as path, pytest.raises(NamesError, match=said) as caught:
        cri.Cri(path).ask()
    assert caught.value.reason == reason


def test_what_is_no_http_2(tmp_path: Path) -> None:
    def serve(client: socket.socket) -> None:
        client.recv(65536)
        # DATA on stream 0, which is for the connection itself.
        client.sendall(bytes([0, 0, 1, 0, 0, 0, 0, 0, 0]) + b"x")
        while client.recv(65536):
            pass

    with listening(tmp_path, serve) as path, pytest.raises(NamesError, match=r"no HTTP/2"):
        cri.Cri(path).ask()


def test_a_runtime_that_hangs_up(tmp_path: Path) -> None:
    said = r"ended early|Connection reset|Broken pipe"
    with (
        listening(tmp_path, lambda client: client.recv(65536) and None) as path,
        pytest.raises(NamesError, match=said),
    ):
        cri.Cri(path).ask()


def test_a_runtime_that_says_nothing_is_left(tmp_path: Path) -> None:
    done = threading.Event()
    with listening(tmp_path, lambda _: done.wait(20) and None) as path:
        runtime = grpc_call.UnixSocket(path, 0.05, 1000)
        with pytest.raises(NamesError, match="no whole answer in time"):
            runtime.call("/a/b", b"")
        runtime.close()
        done.set()


def test_nobody_behind_the_socket(tmp_path: Path) -> None:
    with pytest.raises(NamesError, match="No such file"):
        cri.Cri(str(tmp_path / "absent")).ask()
