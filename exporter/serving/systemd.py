"""What a service says to systemd and gets from it: its sockets, and when it is ready.

sd_listen_fds(3), sd_notify(3)
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping, MutableMapping

from exporter.serving.listening import Listening
from perfanalysis.errors import InputError

FLAG = "--web.systemd-socket"
# The first descriptor that systemd passes.
FIRST_PASSED = 3


def take_passed(environment: MutableMapping[str, str]) -> Listening:
    """The sockets that systemd hands over, as sd_listen_fds(3) says; their variables are removed.

    Raises:
        InputError: there are none, or one is no listening stream socket.
    """
    process = environment.pop("LISTEN_PID", "")
    count = environment.pop("LISTEN_FDS", "")
    environment.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or not count.isdigit() or int(count) < 1:
        expected = "sockets from systemd (LISTEN_PID, LISTEN_FDS); start it by a socket unit"
        raise InputError(FLAG, "", expected)
    listening = Listening()
    for descriptor in range(FIRST_PASSED, FIRST_PASSED + int(count)):
        field = f"descriptor {descriptor}"
        try:
            os.set_inheritable(descriptor, False)
            server = socket.socket(fileno=descriptor)
        except OSError as error:
            raise InputError(FLAG, field, "a socket") from error
        listening.sockets.append(server)
        accepting = server.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if server.type != socket.SOCK_STREAM or not accepting:
            raise InputError(FLAG, field, "a stream socket that listens")
    return listening


def notify(environment: Mapping[str, str], state: str) -> None:
    """Tell systemd of a state, such as ``READY=1``; nothing where nobody waits for it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):
        # An abstract socket: its name begins with a zero byte.
        address = "\0" + address[1:]
    # Who does not listen need not know.
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.sendto(state.encode(), address)
