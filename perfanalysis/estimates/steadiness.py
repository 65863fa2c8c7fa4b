"""Where a machine's rate falls from burst to baseline, and whether it stays there. Pure.

A burstable machine spends credit at full load and then falls to its baseline, at once or over some
minutes. The place is that of the two constant levels that fit best by least squares (as in binary
segmentation: Scott and Knott, "A Cluster Analysis Method for Grouping Means in the Analysis of
Variance", Biometrics 1974), after a running median of three, so that one disturbed second does not
decide. What belongs to the fall itself is then taken off both sides. A fall counts when it is deep,
clear of the noise, and has lasted.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates.statistics import Estimate, estimate

# A baseline is far below the burst: 5 to 60 % of it on the types that clouds sell.
LEAST_FALL = 0.10
# The fall must exceed so many standard deviations of the rates on either side.
CLEAR_OF_NOISE = 3.0
# How much of a side the rate may wander off its median, at least.
TOLERANCE = 0.02
# In bins of about a second. A neighbour's disturbance is often over within half a minute.
LEAST_BURST = 10
LEAST_BASELINE = 30
NEWEST = 5


@dataclass(frozen=True)
class Step:
    """A fall from burst to baseline, in bins.

    Attributes:
        burst_end: the first bin that is no burst any more.
        baseline_start: the first bin of the baseline.
        burst, baseline: the rates of both, with their 95 % intervals.
    """

    burst_end: int
    baseline_start: int
    burst: Estimate
    baseline: Estimate


@dataclass(frozen=True)
class _Plateau:
    middle: float
    deviation: float

    def holds(self, rate: float) -> bool:
        """Whether a rate is of this plateau."""
        allowed = max(CLEAR_OF_NOISE * self.deviation, TOLERANCE * self.middle)
        return abs(rate - self.middle) <= allowed


def find_step(rates: Sequence[float]) -> Step | None:
    """The fall from burst to baseline; None: there is none, or it has not lasted long enough.

    Args:
        rates: units per second of equal stretches of time at full load, in order.
    """
    if len(rates) < LEAST_BURST + LEAST_BASELINE:
        return None
    split = change_point(rates)
    before, after = rates[:split], rates[split:]
    # The outer parts of both sides are surely no part of the fall; a burst can be shorter than it.
    burst = _plateau(before[: max(LEAST_BURST, len(before) // 4)])
    baseline = _plateau(after[-max(LEAST_BASELINE, len(after) // 2) :])
    fall = burst.middle - baseline.middle
    noise = max(burst.deviation, baseline.deviation)
    if fall < LEAST_FALL * burst.middle or fall < CLEAR_OF_NOISE * noise:
        return None
    burst_end = max((i + 1 for i, rate in enumerate(before) if burst.holds(rate)), default=0)
    start = next((i for i, rate in enumerate(after) if baseline.holds(rate)), len(after))
    settled = after[start:]
    if burst_end < LEAST_BURST or len(settled) < LEAST_BASELINE:
        return None
    # Neither still falling, nor risen again.
    newest = statistics.median(settled[-NEWEST:])
    if not _flat(settled) or not baseline.holds(newest):
        return None
    first, second = estimate(rates[:burst_end]), estimate(settled)
    assert first is not None
    assert second is not None
    return Step(burst_end, split + start, first, second)


def change_point(rates: Sequence[float]) -> int:
    """How many rates lie before the most likely change of their level; at least 1."""
    smooth = [statistics.median(rates[max(0, i - 1) : i + 2]) for i in range(len(rates))]
    middle, count = statistics.fmean(smooth), len(smooth)
    total, best, split = 0.0, 0.0, 1
    for before in range(1, count):
        total += smooth[before - 1] - middle
        # What two levels explain of the sum of squares.
        explained = total**2 * count / (before * (count - before))
        if explained > best:
            best, split = explained, before
    return split


def _plateau(rates: Sequence[float]) -> _Plateau:
    middle = statistics.median(rates)
    return _Plateau(middle, 1.4826 * statistics.median(abs(rate - middle) for rate in rates))


def _flat(rates: Sequence[float]) -> bool:
    """Whether both halves are at one level."""
    whole, half = _plateau(rates), len(rates) // 2
    change = statistics.median(rates[:half]) - statistics.median(rates[half:])
    return abs(change) <= max(whole.deviation, TOLERANCE * whole.middle)
