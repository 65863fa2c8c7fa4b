"""A cable between this host and a network namespace that delays packets, loses them, or is cut.

Where the kernel has `netem`, that does the same; many small kernels have not. Two TUN devices are
joined by a thread here: real packets of real kernels, and TCP makes of it what it does anywhere.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.namespaces import Namespace, free_network, ip

# linux/if_tun.h
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MTU = 1500


@dataclass
class Cable:
    """What it does to packets, in both directions; it may be changed at any time.

    Attributes:
        delay_seconds: of each packet.
        loss: the part of packets that is lost, by chance.
        is_cut: nothing comes through, and nobody is told.
    """

    delay_seconds: float = 0.0
    loss: float = 0.0
    is_cut: bool = False
    lost: int = 0
    carried: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _waiting: list[tuple[float, int, int, bytes]] = field(default_factory=list)

    def carry(self, one: int, other: int) -> None:
        """Carry packets until told to stop."""
        chance = random.Random(1)
        across = {one: other, other: one}
        while not self._stop.is_set():
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, to, packet = heapq.heappop(self._waiting)
                with suppress(OSError):
                    os.write(to, packet)
            wait = min(0.2, self._waiting[0][0] - now) if self._waiting else 0.2
            for ready in select.select([one, other], [], [], max(0.0, wait))[0]:
                packet = os.read(ready, _MTU + 100)
                if self.is_cut or chance.random() < self.loss:
                    self.lost += 1
                    continue
                self.carried += 1
                due = time.monotonic() + self.delay_seconds
                heapq.heappush(self._waiting, (due, self.carried, across[ready], packet))

    def stop(self) -> None:
        self._stop.set()


def _tunnel(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


@contextmanager
def cabled(number: int = 0) -> Iterator[tuple[Namespace, Cable]]:
    """A namespace at the other end of a cable."""
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip("only root can make network namespaces, and TUN devices where there are any")
    name = f"pa{os.getpid()}c{number}"
    host, inside = map(str, free_network().hosts())
    ip("netns", "add", name)
    cable = Cable()
    try:
        near, far = _tunnel(f"{name}h"), _tunnel(f"{name}i")
        ip("link", "set", f"{name}i", "netns", name)
        ip("addr", "add", f"{host}/30", "dev", f"{name}h")
        ip("link", "set", f"{name}h", "up")
        ip("-n", name, "addr", "add", f"{inside}/30", "dev", f"{name}i")
        ip("-n", name, "link", "set", f"{name}i", "up")
        ip("-n", name, "link", "set", "lo", "up")
        thread = threading.Thread(target=cable.carry, args=(near, far), daemon=True)
        thread.start()
        try:
            yield Namespace(name, inside), cable
        finally:
            cable.stop()
            thread.join()
            os.close(near)
            os.close(far)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)
