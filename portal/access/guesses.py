"""How fast passwords may be guessed, without a way to lock out the one who knows it.

Ten wrong ones, then one in 20 seconds: counted by name and the address that asks, and for each
address over all names. A browser by which a user came in before has a count of its own, so that
whatever others guess, who has it comes in. The counts are of one process.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

BURST, SECONDS = 10, 20.0
ADDRESS_BURST, ADDRESS_SECONDS = 60, 2.0
_MOST = 20_000


class GuessLimits:
    """Who has guessed wrong how often.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By who: the moment at which all wrong guesses are forgotten.
        self._until: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, name: str, address: str, device: str | None) -> float:
        """Count a guess, before it is known whether it is right: many may come at once.

        Returns:
            0: it may be made; else the seconds after which one may.
        """
        at = self._clock()
        with self._lock:
            counts = _counts(name, address, device)
            wait = max(
                self._until.get(who, at) - at - (most - 1) * step for who, most, step in counts
            )
            if wait > 0:
                return wait
            for who, _, step in counts:
                self._until[who] = max(at, self._until.pop(who, at)) + step
            while len(self._until) > _MOST:
                self._until.popitem(last=False)
        return 0.0

    def right(self, name: str, address: str, device: str | None) -> None:
        """Forget the guesses of who has come in; of those of their address, this one."""
        with self._lock:
            own, *others = _counts(name, address, device)
            self._until.pop(own[0], None)
            for who, _, step in others:
                if who in self._until:
                    self._until[who] -= step


def _counts(name: str, address: str, device: str | None) -> list[tuple[Hashable, int, float]]:
    if device is not None:
        return [(("device", device), BURST, SECONDS)]
    near = _network(address)
    return [((name, near), BURST, SECONDS), (near, ADDRESS_BURST, ADDRESS_SECONDS)]


def _network(address: str) -> str:
    """One home or office has 2^64 addresses of IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
