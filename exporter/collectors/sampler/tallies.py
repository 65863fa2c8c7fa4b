"""Histograms of all observations, and maxima of the latest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

_NEVER = -(10**9)  # before any window, also right after the boot, when the clock begins at 0


class Histogram:
    """Counts by upper bound, as Prometheus' classic histograms have them.

    Args:
        bounds: upper bounds, rising, without the infinite one.
    """

    __slots__ = ("_counts", "bounds", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.sum = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count one observation."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def cumulative(self) -> list[int]:
        """How many observations were at most each bound; last, how many there were at all."""
        total = 0
        rising = []
        for count in self._counts:
            total += count
            rising.append(total)
        return rising


class RecentMaximum:
    """The largest observation of the last seconds, kept by whole seconds.

    A window of N seconds holds N whole ones and the one that has begun, so it reaches between N
    and N + 1 seconds back. Asking changes nothing: any number of askers get the same answer.

    Args:
        longest: seconds of the longest window.
    """

    __slots__ = ("_maxima", "_seconds")

    def __init__(self, longest: int) -> None:
        self._maxima = [0.0] * (longest + 1)
        self._seconds = [_NEVER] * (longest + 1)

    def add(self, now: float, value: float) -> None:
        """Take an observation of that time, in seconds of a clock that does not jump."""
        second = int(now)
        slot = second % len(self._maxima)
        if self._seconds[slot] != second:
            self._seconds[slot] = second
            self._maxima[slot] = value
        elif value > self._maxima[slot]:
            self._maxima[slot] = value

    def over(self, now: float, window: int) -> float | None:
        """The maximum of the last ``window`` seconds; None when nothing was observed in them."""
        first = int(now) - window
        pairs = zip(self._seconds, self._maxima, strict=True)
        return max((value for second, value in pairs if second >= first), default=None)
