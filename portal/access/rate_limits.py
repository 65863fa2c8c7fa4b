"""How many requests a key may make: a bucket of tokens for each, in this process.

Two portals each count for themselves: behind a balancer a key gets up to as many times its limit as
there are portals. Counting in the database would make a write of each read.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable

# Keys whose buckets are remembered; who was idle for longest starts again with a full one.
MOST_KEYS = 10_000


class RateLimits:
    """The buckets. A key may use at once what it may use in a minute.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By key: tokens, and when they were counted.
        self._buckets: OrderedDict[uuid.UUID, tuple[float, float]] = OrderedDict()

    def take(self, key: uuid.UUID, per_minute: int) -> float:
        """Use one of a key's requests.

        Returns:
            0: it may go on; else the seconds after which it may try again.
        """
        now = self._clock()
        with self._lock:
            tokens, since = self._buckets.pop(key, (float(per_minute), now))
            tokens = min(float(per_minute), tokens + (now - since) * per_minute / 60)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, now)
            if len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) * 60 / per_minute
