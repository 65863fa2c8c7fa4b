"""A cloud of our own: machines are namespaces in which systemd and cloud-init really boot.

It is a process in a network namespace of its own, which is the region's network, and ends with all
of its machines. People reach it by a socket in its folder, machines at the address at which every
provider has its metadata service:

    POST /machines/NAME?expires=SECONDS   (socket)  make a machine; the body is its user data
    DELETE /machines/NAME                 (socket)  destroy it
    GET /machines                         (socket)  all that there were, and how each of them ended
    GET /secret/NAME                      (machine) of the store of secrets, for its machines alone
    DELETE /self                          (machine) the machine destroys itself
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOOT = Path(__file__).resolve().with_name("boot-machine")
TOOLS = Path(__file__).resolve().parents[3] / ".tools"
GATEWAY, SERVICE = "10.77.0.1", "169.254.169.254"
NEW = ("--mount", "--pid", "--fork", "--kill-child", "--net", "--uts", "--cgroup", "--ipc")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def network() -> None:
    """The region's network: a bridge, and the addresses of the cloud on it."""
    ip("link", "set", "lo", "up")
    # An address of its own: else it is that of a machine, and changes when that one goes.
    ip("link", "add", "cloud", "address", "02:00:00:00:00:01", "type", "bridge")
    ip("address", "add", f"{GATEWAY}/24", "dev", "cloud")
    ip("address", "add", f"{SERVICE}/32", "dev", "cloud")
    ip("link", "set", "cloud", "up")


class FakeMachine:
    """A machine: a process, and how it ended."""

    def __init__(self, folder: Path, wheels: Path, number: int, expires: float) -> None:
        self.address = f"10.77.0.{number + 10}"
        self.ended = ""
        self._begun = time.monotonic()
        self._log = (folder / "console").open("wb")
        words = ["unshare", *NEW, str(BOOT), str(folder), str(TOOLS), str(wheels)]
        self._process = subprocess.Popen(words, stdout=self._log, stderr=self._log)
        self._connect(number)
        self._expiry = threading.Timer(expires, self.end, ("expired",))
        self._expiry.daemon = True
        self._expiry.start()
        threading.Thread(target=self._wait, daemon=True).start()

    def _connect(self, number: int) -> None:
        pid = self._process.pid
        own = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{pid}/ns/net").readlink() == own:
            time.sleep(0.01)
        ip(
            "link",
            "add",
            f"machine{number}",
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            str(pid),
        )
        ip("link", "set", f"machine{number}", "master", "cloud", "up")
        within = ("nsenter", "--target", str(pid), "--net", "ip")
        for words in (
            ("address", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("route", "add", "default", "via", GATEWAY),
        ):
            subprocess.run([*within, *words], check=True)

    def _wait(self) -> None:
        self._process.wait()
        self.end("powered off")

    def end(self, why: str) -> None:
        """End it at once, with all that runs in it; the first reason is kept."""
        self.ended = self.ended or f"{why} after {time.monotonic() - self._begun:.0f} s"
        self._expiry.cancel()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Stop all that runs in it, as a machine that hangs."""
        for child in children_of(self._process.pid):
            # It may have ended since.
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGSTOP)


def children_of(pid: int) -> list[int]:
    """All processes below one, those of its children included."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.split()
    parents = dict(zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True))
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


class FakeCloud:
    """All machines, by name; made one after the other."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._folder = folder
        self._wheels = wheels
        self._making = threading.Lock()
        self._made = 0
        self.machines: dict[str, FakeMachine] = {}

    def make(self, name: str, user_data: bytes, expires: float) -> None:
        """Make a machine; one that is there is not made again."""
        with self._making:
            if name in self.machines and not self.machines[name].ended:
                return
            folder = self._folder / name
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "disk").mkdir(parents=True)
            (folder / "user-data").write_bytes(user_data)
            (folder / "meta-data").write_text(f"instance-id: {name}\nlocal-hostname: {name}\n")
            self._made += 1
            self.machines[name] = FakeMachine(folder, self._wheels, self._made, expires)

    def at(self, address: str) -> FakeMachine | None:
        """The machine of an address."""
        every = list(self.machines.values())
        return next((one for one in every if one.address == address and not one.ended), None)

    def secret(self, name: str) -> bytes:
        """Of the store, which is a folder."""
        return (self._folder / "secrets" / name).read_bytes()


class _Answering(BaseHTTPRequestHandler):
    cloud: FakeCloud

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "socket" if isinstance(self.client_address, str) else str(self.client_address[0])


class PeopleHandler(_Answering):
    """What whoever has the socket may ask."""

    def do_POST(self) -> None:
        asked = urlsplit(self.path)
        name = asked.path.rpartition("/")[2]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if name == "frozen":
            self.cloud.machines[body.decode()].freeze()
        else:
            self.cloud.make(name, body, float(parse_qs(asked.query)["expires"][0]))
        self.answer(201)

    def do_DELETE(self) -> None:
        machine = self.cloud.machines.get(self.path.rpartition("/")[2])
        if machine is not None:
            machine.end("destroyed")
        self.answer(200)

    def do_GET(self) -> None:
        found = {name: machine.ended for name, machine in self.cloud.machines.items()}
        self.answer(200, json.dumps(found).encode())


class MachineHandler(_Answering):
    """What machines may ask, each for itself."""

    def do_GET(self) -> None:
        if self.cloud.at(self.client_address[0]) is None:
            self.answer(403)
            return
        try:
            self.answer(200, self.cloud.secret(self.path.rpartition("/")[2]))
        except FileNotFoundError:
            self.answer(404)

    def do_DELETE(self) -> None:
        machine = self.cloud.at(self.client_address[0])
        self.answer(200 if machine else 403)
        if machine is not None:
            machine.end("destroyed itself")


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """HTTP by a socket in a folder."""

    daemon_threads = True


def serve(folder: Path, wheels: Path) -> None:
    """Serve until it is killed; machines end with this process."""
    network()
    cloud = FakeCloud(folder, wheels)
    handlers: list[Any] = [
        type(kind.__name__, (kind,), {"cloud": cloud}) for kind in (PeopleHandler, MachineHandler)
    ]
    inside = ThreadingHTTPServer((SERVICE, 80), handlers[1])
    threading.Thread(target=inside.serve_forever, daemon=True).start()
    outside = SocketServer(str(folder / "cloud.sock"), handlers[0])

    def stop(*_: object) -> None:
        for machine in cloud.machines.values():
            machine.end("the cloud ended")
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    outside.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
