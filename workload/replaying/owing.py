"""What is still owed of a tick, and how CPU time that is owed is laid out. Pure.

The loop is closed anew at each look: what the counters have of this tick is taken off what they are
to have at the next look. Nothing is carried from one tick to the next, and no gain is above one, so
an error of reading is made good once and never swings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# Others' use is known from so many seconds before: it follows them without following the noise.
OTHERS_SECONDS = 1.0
# A share of the time that is as good as all of it: the next look makes good what is missing.
NEARLY_ALL = 0.99


def owed(rate: float, gone: float, ahead: float, counted: float, others: float = 0.0) -> float:
    """How much is to be done until the next look, so that counters then have what they should.

    Args:
        rate: wanted, a second.
        gone: seconds of the tick so far.
        ahead: seconds until the next look.
        counted: what the counters have of the tick so far, others' use included.
        others: what others use, a second.
    """
    return max(0.0, rate * (gone + ahead) - counted - others * ahead)


class OthersRate:
    """What a counter has beyond our own use, a second, over the last moments."""

    def __init__(self, seconds: float = OTHERS_SECONDS) -> None:
        self._seconds = seconds
        self._looks: list[tuple[float, float]] = []

    def look(self, time: float, counted: float, own: float) -> float:
        """Take a look: both sums may begin anywhere.

        Returns:
            The present rate, never below 0; 0 as long as nothing is known.
        """
        self._looks.append((time, counted - own))
        while len(self._looks) > 2 and self._looks[1][0] <= time - self._seconds:
            del self._looks[0]
        (first, before), (last, after) = self._looks[0], self._looks[-1]
        if last - first < self._seconds / 4:
            return 0.0
        return max(0.0, (after - before) / (last - first))


class CpuShare(NamedTuple):
    """What one worker is to do until the next look: CPU time in seconds.

    ``full``: all the time that there is, however long.
    """

    user: float
    system: float
    full: bool = False


def split(busy: float, system: float, system_share: float) -> tuple[float, float]:
    """CPU time of user work and of system calls, so that so much of it is in the kernel.

    Args:
        busy: seconds in all.
        system: seconds of them that are to be in the kernel.
        system_share: the part of the calls' own time that is in the kernel, above 0 to 1.

    Returns:
        Seconds of plain work and of system calls; all of them calls where these have too little
        time in the kernel.
    """
    calls = min(busy, max(0.0, system) / system_share)
    return busy - calls, calls


def lay_out(
    work: tuple[float, float], workers: int, ahead: float, quantum: float, *, first: int = 0
) -> list[CpuShare]:
    """Lay CPU time out over workers, in whole quanta: ticks of the kernel count these right.

    Args:
        work: seconds of plain work and of system calls, for all workers together.
        workers: how many.
        ahead: seconds until the next look.
        quantum: seconds; 0: time is counted exactly, and needs no rounding.
        first: the worker that has the first quantum left over, so that it is not always the same.
    """
    user, calls = work
    busy = user + calls
    if quantum <= 0:
        if busy >= NEARLY_ALL * workers * ahead:
            return _full(user, calls, workers, ahead)
        return [CpuShare(user / workers, calls / workers)] * workers
    count = round(busy / quantum)
    if count >= workers * int(ahead / quantum + 1e-9):
        return _full(user, calls, workers, ahead)
    of_calls = min(count, round(calls / quantum))
    places = [(first + number) % workers for number in range(workers)]
    whole = _dealt(count, places)
    part = _dealt(of_calls, places)
    return [
        CpuShare((whole[place] - part[place]) * quantum, part[place] * quantum)
        for place in range(workers)
    ]


def _full(user: float, calls: float, workers: int, ahead: float) -> list[CpuShare]:
    part = calls / (user + calls) if user + calls > 0 else 0.0
    return [CpuShare(ahead * (1 - part), ahead * part, full=True)] * workers


def _dealt(count: int, places: Sequence[int]) -> list[int]:
    """So many things dealt to some places in turn, by place."""
    each, left = divmod(count, len(places))
    found = [each] * len(places)
    for place in places[:left]:
        found[place] += 1
    return found
