"""Machines in network namespaces of this host, each with an address and a metadata service."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from demo.servers import LISTENING, DemoServer
from tests.conftest import REPOSITORY
from tests.perfanalysis.machines.cloud import services

# Where every provider has its metadata service; only a namespace of one's own lets us have it too.
METADATA = ("169.254.169.254", 80)
PERFANALYSIS = (sys.executable, "-m", "perfanalysis")


def ip(*words: str) -> str:
    """What iproute2's command prints; the test is skipped where it may not do this."""
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no `ip` on this machine: network namespaces cannot be made")
    if done.returncode:
        pytest.skip(f"network namespaces cannot be made here: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Namespace:
    """A network namespace, and the address at which the host reaches it."""

    name: str
    address: str

    def command(self, *words: str) -> list[str]:
        """The words that run a command in it."""
        return ["ip", "netns", "exec", self.name, *words]


def free_network() -> IPv4Network:
    """A network for two that this host has no address in."""
    # TEST-NET-2, so that no real machine has the address. Other runs of these tests may have some.
    networks = list(IPv4Network("198.51.100.0/24").subnets(new_prefix=30))
    taken = ip("-brief", "-4", "address", "show")
    free = [network for network in networks if f" {network[1]}/" not in taken]
    if not free:
        pytest.skip("each address of TEST-NET-2 is taken on this host")
    return random.choice(free)


@contextmanager
def namespace(number: int) -> Iterator[Namespace]:
    """A new namespace, joined with the host's by a cable; everything is removed at the end."""
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces")
    name = f"pa{os.getpid()}n{number}"
    host, inside = map(str, free_network().hosts())
    ip("netns", "add", name)
    try:
        ip("link", "add", f"{name}h", "type", "veth", "peer", "name", "cable", "netns", name)
        ip("addr", "add", f"{host}/30", "dev", f"{name}h")
        ip("link", "set", f"{name}h", "up")
        ip("-n", name, "addr", "add", f"{inside}/30", "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
        ip("-n", name, "link", "set", "lo", "up")
        ip("-n", name, "addr", "add", f"{METADATA[0]}/32", "dev", "lo")
        yield Namespace(name, inside)
    finally:
        # The cable goes with the namespace that holds one of its ends.
        subprocess.run(["ip", "netns", "del", name], check=False)


@contextmanager
def running(name: str, command: list[str], log: Path, ready: str) -> Iterator[DemoServer]:
    """A server that has printed ``ready``."""
    server = DemoServer(name, command, log, outlives=False)
    try:
        server.wait_until(lambda: ready in server.text(), ready, 30)
        yield server
    finally:
        server.stop()


@contextmanager
def metadata_service(place: Namespace, provider: str, log: Path) -> Iterator[None]:
    """The provider's metadata service, at its real address inside the namespace."""
    words = place.command(sys.executable, "-m", "tests.e2e.namespaces", provider)
    words[:0] = ["env", f"--chdir={REPOSITORY}"]
    with running(f"metadata service of {provider}", words, log, "answering"):
        yield


@contextmanager
def exporter(place: Namespace, arguments: list[str], log: Path) -> Iterator[str]:
    """An exporter inside the namespace; gives the address that Prometheus scrapes."""
    listen = f"--web.listen-address={place.address}:0"
    words = place.command(*PERFANALYSIS, "exporter", listen, *arguments)
    with running("exporter", words, log, "listening on") as server:
        match = LISTENING.search(server.text())
        assert match
        yield match[1].rstrip("/").removeprefix("http://")


def main(provider: str) -> None:
    """Answer as one provider's metadata service until this process is ended."""
    service = services.Service(getattr(services, provider), address=METADATA)
    print("answering", flush=True)
    service.server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
