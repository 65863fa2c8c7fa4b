"""What the kernel holds of answers that nobody reads."""

from __future__ import annotations

import contextlib
import os
import socket

import pytest

from exporter.serving.unread import GIVE_UP_SECONDS, MOST_UNREAD, give_up_unread, narrow, unread


def test_an_accepted_connection_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        give_up_unread(listening)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            option = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert option == GIVE_UP_SECONDS * 1000


def filled(sender: socket.socket) -> int:
    """How many bytes a socket takes whose other end reads nothing."""
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            sent += sender.send(b"x" * 65536)
    return sent


@pytest.mark.parametrize("narrowed", [False, True])
def test_a_narrow_socket_takes_little(narrowed: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listening.getsockname())
        with listening.accept()[0] as accepted:
            accepted.setblocking(False)
            assert unread(accepted.fileno()) == 0
            if narrowed:
                narrow(accepted.fileno())
            filled(accepted)
            assert (unread(accepted.fileno()) < 4 * MOST_UNREAD) is narrowed
            # It is still open, and works.
            assert accepted.getpeername() == client.getsockname()


def test_what_is_no_socket_tells_nothing() -> None:
    read, write = os.pipe()
    assert unread(write) == 0
    os.close(read)
    os.close(write)
