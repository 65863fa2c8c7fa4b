"""When counters are looked at within a tick. Pure."""

from __future__ import annotations

# Often enough that what was missed at the last look is small, rarely enough to cost little.
LOOKS = 50
SHORTEST, LONGEST = 0.05, 0.1


def looks(seconds: float, quantum: float) -> list[float]:
    """Moments within a tick at which to look, from its begin (0) on; the last is its end.

    They are whole quanta apart, so that a CPU can be kept busy between two of them; the one before
    the end is at least as long before it.

    Args:
        seconds: of the tick.
        quantum: of the kernel's accounting, seconds.
    """
    apart = min(LONGEST, max(SHORTEST, seconds / LOOKS))
    if quantum > 0:
        apart = max(1, round(apart / quantum)) * quantum
    count = max(1, int(seconds / apart + 1e-9))
    return [number * apart for number in range(count)] + [seconds]
