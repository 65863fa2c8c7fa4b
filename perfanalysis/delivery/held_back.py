"""Documents that wait for their time to come: their samples are ahead of the receiver's clock."""

from __future__ import annotations

import logging
from collections.abc import Collection

from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.receiver_clock import ReceiverClock

LOG = logging.getLogger(__name__)


class HeldBack:
    """Tells what may be sent to one receiver now, and says when something may not.

    Args:
        clock: the receiver's.
        shown: the receiver, for the log.

    Attributes:
        count: how many documents were held back when that was last looked at.
    """

    def __init__(self, clock: ReceiverClock, shown: str) -> None:
        self.count = 0
        self._clock = clock
        self._shown = shown

    def first_ready(self, entries: Collection[Entry], behind: int = -1) -> Entry | None:
        """The first one that may be sent now, of those behind a sequence number."""
        ready = (one for one in entries if not self._clock.wait_for(one.newest))
        return next((one for one in ready if one.sequence > behind), None)

    def look(self, entries: Collection[Entry]) -> None:
        """Count those that wait, and say it when the first does and when the last did."""
        count = sum(1 for one in entries if self._clock.wait_for(one.newest))
        if count and not self.count:
            LOG.warning(
                "%s: what has times ahead of the receiver's clock is held back until they have "
                "come; this machine's clock is %.0f s ahead of it",
                self._shown,
                self._clock.ahead() or 0.0,
            )
        if self.count and not count:
            LOG.info("%s: nothing is ahead of the receiver's clock now", self._shown)
        self.count = count

    def seconds(self, entries: Collection[Entry], longest: float) -> float:
        """Until one of them may be sent, and no longer than told."""
        waits = [self._clock.wait_for(one.newest) for one in entries]
        return min([longest, *(max(wait, 0.1) for wait in waits)])
