"""A service of our own that speaks systemd's published interface, on a real dbus-daemon.

org.freedesktop.systemd1(5): ``ListUnits`` of the manager, and properties of it and of units. Also
without a bus, on a socket of its own, as systemd's /run/systemd/private.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

jeepney = pytest.importorskip("jeepney", reason="the extra systemd is not installed")
blocking = pytest.importorskip("jeepney.io.blocking")

NAME = "org.freedesktop.systemd1"
UNIT = "/org/freedesktop/systemd1/unit/"
MANAGER = "/org/freedesktop/systemd1"
NO_LIMIT = 2**64 - 1

# Name, whether it was loaded, its state.
Row = tuple[str, str, str]
UNITS: list[Row] = [
    ("web.service", "loaded", "active"),
    ("broken.service", "loaded", "failed"),
    ("daily.timer", "loaded", "active"),
    ("ssh.socket", "loaded", "active"),
    ("multi-user.target", "loaded", "active"),
    ("home.mount", "loaded", "active"),
    ("gone.service", "not-found", "inactive"),
]
PROPERTIES: dict[tuple[str, str, str], tuple[str, Any]] = {
    (MANAGER, "Manager", "Version"): ("s", "252.38-1~deb12u1"),
    (MANAGER, "Manager", "Virtualization"): ("s", "kvm"),
    (MANAGER, "Manager", "SystemState"): ("s", "running"),
    ("web.service", "Service", "Type"): ("s", "notify"),
    ("web.service", "Service", "NRestarts"): ("u", 3),
    ("web.service", "Service", "TasksCurrent"): ("t", 12),
    ("web.service", "Service", "TasksMax"): ("t", 4915),
    ("web.service", "Unit", "ActiveEnterTimestamp"): ("t", 1_700_000_000_250_000),
    ("broken.service", "Service", "Type"): ("s", "oneshot"),
    ("broken.service", "Service", "NRestarts"): ("u", 0),
    ("broken.service", "Service", "TasksCurrent"): ("t", NO_LIMIT),
    ("broken.service", "Service", "TasksMax"): ("t", NO_LIMIT),
    ("daily.timer", "Timer", "LastTriggerUSec"): ("t", 1_700_000_100_000_000),
    ("daily.timer", "Unit", "ActiveEnterTimestamp"): ("t", 1_600_000_000_000_000),
    ("ssh.socket", "Socket", "NAccepted"): ("u", 9),
    ("ssh.socket", "Socket", "NConnections"): ("u", 2),
    ("ssh.socket", "Socket", "NRefused"): ("u", 1),
    ("ssh.socket", "Unit", "ActiveEnterTimestamp"): ("t", 1_600_000_000_000_000),
    ("multi-user.target", "Unit", "ActiveEnterTimestamp"): ("t", 1_600_000_000_000_000),
    ("home.mount", "Mount", "Type"): ("s", "ext4"),
}


def path_of(name: str) -> str:
    """The object of a unit, with systemd's escapes."""
    escaped = (c if c.isalnum() else f"_{ord(c):02x}" for c in name)
    return UNIT + "".join(escaped)


class BusService:
    """Answers in a thread: lists of its manager, and properties; they can be changed meanwhile.

    Args:
        name: of the service, which its interfaces begin with.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []
        # By method: the signature and the rows.
        self.lists: dict[str, tuple[str, list[tuple[Any, ...]]]] = {}
        # By object, interface and name: the signature and the value.
        self.properties: dict[tuple[str, str, str], tuple[str, Any]] = {}

    def answer(self, message: Any) -> Any:
        """The answer to a method call."""
        fields = jeepney.HeaderFields
        member = message.header.fields[fields.member]
        self.asked.append(member)
        if member in self.lists:
            signature, rows = self.lists[member]
            return jeepney.new_method_return(message, signature, (rows,))
        if member == "Get":
            interface = message.body[0].removeprefix(f"{self.name}.")
            key = (message.header.fields[fields.path], interface, message.body[1])
            if key in self.properties:
                return jeepney.new_method_return(message, "v", (self.properties[key],))
        return jeepney.new_error(message, "org.freedesktop.DBus.Error.UnknownProperty")

    def serve(self, connection: Any) -> None:
        """Answer until the connection ends."""
        with contextlib.suppress(OSError, ValueError):
            while True:
                message = connection.receive()
                if message.header.message_type == jeepney.MessageType.method_call:
                    connection.send(self.answer(message))


class Systemd(BusService):
    """systemd with the units above."""

    def __init__(self) -> None:
        super().__init__(NAME)
        rows = [
            (name, "", loaded, state, "", "", path_of(name), 0, "", "/")
            for name, loaded, state in UNITS
        ]
        self.lists["ListUnits"] = ("a(ssssssouso)", rows)
        self.properties |= {
            (where if where == MANAGER else path_of(where), interface, name): value
            for (where, interface, name), value in PROPERTIES.items()
        }


@contextlib.contextmanager
def on_a_bus(folder: Path, service: BusService) -> Iterator[str]:
    """A bus on which the service is: its address."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("there is no dbus-daemon here")
    path = folder / "bus"
    path.unlink(missing_ok=True)
    address = f"unix:path={path}"
    command = [daemon, "--session", f"--address={address}", "--nofork", "--nopidfile"]
    command.append("--print-address")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            # It says so when it listens.
            assert process.stdout is not None
            assert process.stdout.readline(), "the bus did not come up"
            with blocking.open_dbus_connection(address) as connection:
                blocking.Proxy(jeepney.message_bus, connection).RequestName(service.name)
                thread = threading.Thread(target=service.serve, args=(connection,), daemon=True)
                thread.start()
                yield address
                process.terminate()
                thread.join(10)
        finally:
            process.terminate()


class _Private:
    """One client of the private socket: greeted as D-Bus has it, and then a connection."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._parser = jeepney.Parser()
        self._serial = 0
        self._read_to(b"\r\n")
        client.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
        self._read_to(b"BEGIN\r\n")

    def _read_to(self, end: bytes) -> None:
        # One by one: what comes behind is a message.
        line = b""
        while not line.endswith(end):
            line += self._client.recv(1)

    def receive(self) -> Any:
        """The next message."""
        while (message := self._parser.get_next_message()) is None:
            data = self._client.recv(4096)
            if not data:
                raise OSError("the client has gone")
            self._parser.add_data(data)
        return message

    def send(self, message: Any) -> None:
        """Send a message."""
        self._serial += 1
        self._client.sendall(message.serialise(serial=self._serial))


@contextlib.contextmanager
def on_its_own_socket(folder: Path, systemd: Systemd) -> Iterator[Path]:
    """A socket at whose other end systemd is: its path."""
    path = folder / "private"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve() -> None:
            with listening.accept()[0] as client:
                systemd.serve(_Private(client))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield path
        thread.join(10)
