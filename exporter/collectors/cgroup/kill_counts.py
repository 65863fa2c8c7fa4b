"""How many processes the kernel has killed in each control group for lack of memory; no I/O.

A group's own counter goes with the group, which a runtime removes within milliseconds of the kill
that ended its container. What was seen of it is kept here for a while, and goes on where a group
of the same path comes back (a container of Docker that is started again).
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import NamedTuple

from exporter.collectors.cgroup.paths import pod_above

# As long as the alerts of kills look back, so that each of their evaluations can see it.
KEPT_SECONDS = 900.0
MOST_KEPT = 128


class _Count:
    __slots__ = ("before", "ended", "last", "within")

    def __init__(self) -> None:
        self.before = 0
        self.last = 0
        self.within = 0
        self.ended: float | None = None

    @property
    def total(self) -> int:
        return self.before + self.last + self.within


class KillCounts:
    """The counts of all groups by path, of those that are gone too.

    ``lock`` is to be held from before a group's counter is read until ``seen`` has it: who read
    earlier and tells it later would make the counter go back.

    Args:
        hierarchical: whether the kernel counts what happens in a group in those above it too, as in
            version 2. Else a pod's count is that of its containers and its own.
        now: the clock.
    """

    def __init__(self, *, hierarchical: bool, now: Callable[[], float] = monotonic) -> None:
        self.lock = Lock()
        self._hierarchical = hierarchical
        self._now = now
        self._counts: dict[str, _Count] = {}

    def seen(self, path: str, counted: int) -> int:
        """A group's counter as it was just read; returns all kills there. ``lock`` is held."""
        count = self._counts.get(path)
        if count is None:
            count = self._counts[path] = _Count()
        more = counted - count.last
        if more:
            # A counter that is lower is that of another group, which took the first one's place.
            if more < 0:
                count.before += count.last
                more = counted
            count.last = counted
            if more and not self._hierarchical and (pod := pod_above(path)):
                self._counts.setdefault(pod, _Count()).within += more
        count.ended = None
        return count.total

    def total(self, path: str) -> int | None:
        """All kills in a group, as far as they were seen; None of one that is not known."""
        count = self._counts.get(path)
        return None if count is None else count.total

    def end(self, path: str) -> None:
        """The group is gone; its kills, if there were any, are kept."""
        with self.lock:
            count = self._counts.get(path)
            if count is None or count.ended is not None:
                return
            if count.total == 0:
                del self._counts[path]
                return
            count.before += count.last
            count.last = 0
            count.ended = self._now()

    def kept(self) -> dict[str, int]:
        """The kills of groups that are gone, by path; at most ``MOST_KEPT``, the newest."""
        with self.lock:
            gone = [
                (count.ended, path)
                for path, count in self._counts.items()
                if count.ended is not None
            ]
            newest = sorted(gone, reverse=True)
            oldest = self._now() - KEPT_SECONDS
            for position, (ended, path) in enumerate(newest):
                if position >= MOST_KEPT or ended < oldest:
                    del self._counts[path]
            return {path: self._counts[path].total for _, path in newest if path in self._counts}


class GroupKills(NamedTuple):
    """Whose kills are counted where."""

    counts: KillCounts
    path: str

    def seen(self, counted: bytes) -> bytes:
        """See ``KillCounts.seen``."""
        return b"%d" % self.counts.seen(self.path, int(counted))
