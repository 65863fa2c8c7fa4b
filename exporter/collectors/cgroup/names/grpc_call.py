"""Unary gRPC calls over a unix socket, by h2 (extra ``cri``): no channel, thread or retry.

gRPC over HTTP/2 as its own document has it (grpc/doc/PROTOCOL-HTTP2.md): a POST whose body is a
flag, the length of a message and the message; the status stands in the trailers.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from time import monotonic
from urllib.parse import unquote

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

from exporter.collectors.cgroup.names.errors import NamesError, refused

OK = "0"
# PERMISSION_DENIED and UNAUTHENTICATED.
REFUSALS = ("7", "16")
_HEAD = struct.Struct(">BI")


class UnixSocket:
    """A connection on which one call is made after the other.

    Args:
        path: of the socket.
        seconds: for all calls together.
        largest: bytes that an answer may have.

    Raises:
        NamesError: nobody answers there, or not this process.
    """

    def __init__(self, path: str, seconds: float, largest: int) -> None:
        self._until = monotonic() + seconds
        self._largest = largest
        configuration = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self._connection = h2.connection.H2Connection(configuration)
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._wait()
            self._socket.connect(path)
            self._connection.initiate_connection()
            self._send()
        except OSError as error:
            self._socket.close()
            text = error.strerror or "no answer in time"
            if isinstance(error, PermissionError):
                raise refused(f"{text}: this process may not open the socket") from None
            raise NamesError(text) from None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def call(self, method: str, message: bytes) -> bytes:
        """The answer's message.

        Args:
            method: ``/package.Service/Method``.
            message: the encoded request.

        Raises:
            NamesError: there is no usable answer.
        """
        headers = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", method),
            (":authority", "localhost"),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", "perfanalysis"),
        ]
        try:
            stream = self._connection.get_next_available_stream_id()
            self._connection.send_headers(stream, headers)
            body = _HEAD.pack(0, len(message)) + message
            self._connection.send_data(stream, body, end_stream=True)
            self._send()
            return self._message(method)
        except TimeoutError:
            raise NamesError(f"{method}: no whole answer in time") from None
        except OSError as error:
            raise NamesError(f"{method}: {error.strerror}") from None
        except h2.exceptions.H2Error:
            raise NamesError(f"{method}: the answer is no HTTP/2") from None

    def _wait(self) -> None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def _send(self) -> None:
        self._wait()
        self._socket.sendall(self._connection.data_to_send())

    def _message(self, method: str) -> bytes:
        body = bytearray()
        told: dict[str, str] = {}
        for event in self._events(method):
            if isinstance(event, h2.events.ResponseReceived | h2.events.TrailersReceived):
                told |= {str(name): str(value) for name, value in event.headers or ()}
            elif isinstance(event, h2.events.DataReceived):
                body += event.data or b""
                if len(body) > self._largest:
                    raise NamesError(f"{method}: the answer is larger than {self._largest} bytes")
        status = told.get("grpc-status", "")
        if status != OK:
            said = unquote(told.get("grpc-message", ""))[:200]
            text = f"{method}: gRPC status {status or 'missing'}: {said}".rstrip(": ")
            raise refused(text) if status in REFUSALS else NamesError(text)
        flag, length = _HEAD.unpack_from(body) if len(body) >= _HEAD.size else (1, -1)
        if flag != 0 or length != len(body) - _HEAD.size:
            raise NamesError(f"{method}: expected one message that is not compressed")
        return bytes(body[_HEAD.size :])

    def _events(self, method: str) -> Iterable[h2.events.Event]:
        """What comes, until the answer ends."""
        while True:
            self._wait()
            data = self._socket.recv(65536)
            if not data:
                raise NamesError(f"{method}: the answer ended early")
            for event in self._connection.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    taken = event.flow_controlled_length or 0
                    self._connection.acknowledge_received_data(taken, event.stream_id or 0)
                if isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated):
                    raise NamesError(f"{method}: the call was given up by the server")
                if isinstance(event, h2.events.StreamEnded):
                    return
                yield event
            self._send()
