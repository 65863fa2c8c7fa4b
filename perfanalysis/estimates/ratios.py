"""Whether two sides differ: the 95 % interval of the ratio of their rates. Pure.

The interval is made on the logarithms, where a ratio is a difference. What it is made of depends on
what was repeated (Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013: repeat
at the highest level at which the result varies):

machines  a side has several machines: Welch's t interval of the machines' means
runs      a side has several runs of one machine: Welch's t interval of the runs' estimates
slices    one run each: the two runs' own intervals are joined (MOVER: Zou and Donner,
          "Construction of confidence limits about effect measures", Statistics in Medicine 2008).
          These know what slices vary by, with their correlation, but not what runs vary by.

A side with one member takes the other side's spread for its own.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates import student
from perfanalysis.estimates.statistics import CONFIDENCE, Estimate

UPPER_TAIL = (1 + CONFIDENCE) / 2
# How often so many more runs would show a difference as large as the one that was seen.
POWER = 0.8
MOST_RUNS = 1000


@dataclass(frozen=True)
class Rate:
    """What one run found: a rate above 0, and its interval; None: unknown."""

    value: float
    interval: Estimate | None


# The runs of one side by machine: none is empty.
Side = Sequence[Sequence[Rate]]


@dataclass(frozen=True)
class Ratio:
    """A side's rate over that of the baseline.

    Attributes:
        value: the ratio.
        lower, upper: bounds of its 95 % interval; None: unknown.
        basis: ``machines``, ``runs`` or ``slices``: what was repeated.
        more: how many more of these (of runs for ``slices``) on each side would likely settle it;
            None: it is settled, or this cannot be said; above ``MOST_RUNS``: too many.
    """

    value: float
    lower: float | None
    upper: float | None
    basis: str
    more: int | None = None

    @property
    def verdict(self) -> str:
        """``faster``, ``slower`` or ``cannot tell``."""
        if self.lower is None or self.upper is None or self.lower <= 1 <= self.upper:
            return "cannot tell"
        return "faster" if self.lower > 1 else "slower"


def mean(side: Side) -> float:
    """The geometric mean over machines of that over each machine's runs."""
    return math.exp(statistics.fmean(_machine_means(side)))


def compare(baseline: Side, other: Side) -> Ratio:
    """The ratio of a side to the baseline, with its interval."""
    if max(len(baseline), len(other)) > 1:
        return _of_means("machines", _machine_means(baseline), _machine_means(other))
    if max(len(baseline[0]), len(other[0])) > 1:
        first, second = ([math.log(run.value) for run in side[0]] for side in (baseline, other))
        return _of_means("runs", first, second)
    return _of_slices(baseline[0][0], other[0][0])


def _machine_means(side: Side) -> list[float]:
    return [statistics.fmean(math.log(run.value) for run in machine) for machine in side]


def _of_means(basis: str, baseline: Sequence[float], other: Sequence[float]) -> Ratio:
    difference = statistics.fmean(other) - statistics.fmean(baseline)
    if min(len(baseline), len(other)) == 1:
        known = max(baseline, other, key=len)
        spreads, df = [statistics.variance(known)] * 2, float(len(known) - 1)
    else:
        spreads = [statistics.variance(baseline), statistics.variance(other)]
        df = _welch_df(spreads, (len(baseline), len(other)))
    error = math.sqrt(spreads[0] / len(baseline) + spreads[1] / len(other))
    half = student.quantile(UPPER_TAIL, df) * error
    found = _ratio(difference, difference - half, difference + half, basis)
    if found.verdict != "cannot tell":
        return found
    deviation = math.sqrt(statistics.fmean(spreads))
    needed = runs_needed(difference, deviation)
    have = min(len(baseline), len(other))
    more = needed if needed > MOST_RUNS else max(1, needed - have)
    return _ratio(difference, difference - half, difference + half, basis, more)


def _welch_df(variances: Sequence[float], counts: Sequence[int]) -> float:
    """The degrees of freedom by Welch and Satterthwaite."""
    parts = [variance / count for variance, count in zip(variances, counts, strict=True)]
    if sum(parts) == 0:
        return float(sum(counts) - 2)
    below = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    return max(1.0, sum(parts) ** 2 / below)


def runs_needed(difference: float, deviation: float) -> int:
    """How many on each side show a difference in 8 of 10 cases, at most ``MOST_RUNS`` + 1.

    Args:
        difference: of the logarithms.
        deviation: standard deviation of one run's (or machine's) logarithm.
    """
    if deviation == 0:
        return 2
    share = abs(difference) / deviation
    normal = statistics.NormalDist()
    least = 2 * (normal.inv_cdf(UPPER_TAIL) + normal.inv_cdf(POWER)) ** 2
    if share == 0 or least > share**2 * MOST_RUNS:
        return MOST_RUNS + 1
    # Student's t asks for a few more than the normal distribution.
    count = max(2, math.floor(least / share**2))
    while _shown(count) > share:
        count += 1
    return count


def _shown(count: int) -> float:
    """The difference, in deviations, that so many on each side show in 8 of 10 cases."""
    df = float(2 * count - 2)
    factor = student.quantile(UPPER_TAIL, df) + student.quantile(POWER, df)
    return factor * math.sqrt(2 / count)


def _of_slices(baseline: Rate, other: Rate) -> Ratio:
    difference = math.log(other.value) - math.log(baseline.value)
    if baseline.interval is None or other.interval is None or baseline.interval.lower <= 0:
        return Ratio(math.exp(difference), None, None, "slices")
    a, b = baseline.interval, other.interval
    below = _distance(b.lower, other.value), _distance(baseline.value, a.upper)
    above = _distance(other.value, b.upper), _distance(a.lower, baseline.value)
    found = _ratio(
        difference, difference - math.hypot(*below), difference + math.hypot(*above), "slices"
    )
    if found.verdict != "cannot tell":
        return found
    half = max(math.hypot(*below), math.hypot(*above))
    normal = statistics.NormalDist()
    factor = 1 + normal.inv_cdf(POWER) / normal.inv_cdf(UPPER_TAIL)
    runs = (half * factor / difference) ** 2 if abs(difference) > half * 1e-3 else math.inf
    more = max(1, math.ceil(runs) - 1) if runs <= MOST_RUNS else MOST_RUNS + 1
    return Ratio(found.value, found.lower, found.upper, "slices", more)


def _distance(smaller: float, larger: float) -> float:
    return math.log(larger / smaller) if smaller > 0 else math.inf


def _ratio(
    difference: float, lower: float, upper: float, basis: str, more: int | None = None
) -> Ratio:
    return Ratio(math.exp(difference), math.exp(lower), math.exp(upper), basis, more)
