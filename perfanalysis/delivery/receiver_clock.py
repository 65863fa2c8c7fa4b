"""What a receiver's clock says, by the ``Date`` of its answers (RFC 9110, 6.6.1).

A sample ahead of it can cost a Prometheus what it has: it counts its retention from its newest
block, and 2.42 refuses everybody's present samples until that time has come. So such samples are
held back till then. Between two answers the receiver's clock goes on by ours that cannot be set
(``time.monotonic``): what is wrong is, mostly, the other one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from perfanalysis.future_times import TOLERANCE_SECONDS

# A clock that was set meanwhile is noticed after so long.
_KNOWN_SECONDS = 300.0


class ReceiverClock:
    """The clock of one receiver; unknown until it has answered.

    Args:
        running: a clock that runs evenly, in seconds.
        own: this machine's time, in Unix seconds.
    """

    def __init__(
        self,
        running: Callable[[], float] = time.monotonic,
        own: Callable[[], float] = time.time,
    ) -> None:
        self._running = running
        self._own = own
        self._date: float | None = None
        self._heard: float | None = None

    def hear(self, date: str | None) -> None:
        """Take the ``Date`` of an answer, or note that it has none that can be read."""
        self._heard = self._running()
        self._date = _seconds(date)

    @property
    def stale(self) -> bool:
        """Whether it has to be asked for: there was no answer, or none for minutes."""
        return self._heard is None or self._running() - self._heard > _KNOWN_SECONDS

    def now(self) -> float | None:
        """The receiver's time in Unix seconds, to a second or so; None: it does not tell."""
        if self._date is None or self._heard is None:
            return None
        return self._date + self._running() - self._heard

    def ahead(self) -> float | None:
        """Seconds by which this machine's clock is ahead of the receiver's; None: unknown."""
        now = self.now()
        return None if now is None else self._own() - now

    def wait_for(self, moment: float | None) -> float:
        """Seconds until a sample of this Unix time may be sent; 0: now, or nothing is known."""
        now = self.now()
        if moment is None or now is None:
            return 0.0
        return max(0.0, moment - TOLERANCE_SECONDS - now)


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
