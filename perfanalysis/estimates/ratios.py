"""Whether two sides differ: the 95 % interval of the ratio of their rates. Pure.

The interval is made on the logarithms, where a ratio is a difference. What it is made of depends on
what was repeated (Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013: repeat
at the highest level at which the result varies):

pairs     the same machines on both sides: Student's t interval of the machines' differences
machines  a side has several machines: Welch's t interval of the machines' means
runs      a side has several runs of one machine: Welch's t interval of the runs' estimates
known     one run each, and what runs of the machine vary by is known of other runs: Student's t
          interval with the degrees of freedom of that spread
slices    one run each: the two runs' own intervals are joined (MOVER: Zou and Donner,
          "Construction of confidence limits about effect measures", Statistics in Medicine 2008).
          These know what slices vary by, with their correlation, but not what runs vary by: the
          interval is about these two runs only, and there is no verdict on it.

A side with one member takes the other side's spread for its own.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfanalysis.estimates import student
from perfanalysis.estimates.statistics import CONFIDENCE, Estimate

UPPER_TAIL = (1 + CONFIDENCE) / 2
# A difference is told where chance alone brings one as large less often than this.
LEVEL = 1 - CONFIDENCE
# How often so many more runs would show a difference as large as the one that was seen.
POWER = 0.8
MOST_RUNS = 1000
CANNOT_TELL = "cannot tell"
# Three runs of each are the least by which a spread means something.
_LEAST_RUNS = 3


@dataclass(frozen=True)
class Rate:
    """What one run found: a rate above 0, and its interval; None: unknown."""

    value: float
    interval: Estimate | None


# The runs of one side by machine: none is empty.
Side = Sequence[Sequence[Rate]]


@dataclass(frozen=True)
class RunSpread:
    """What runs of one machine vary by, as other runs of it have shown.

    Attributes:
        variance: of the logarithms of the runs' rates.
        df: its degrees of freedom, at least 1.
    """

    variance: float
    df: int


@dataclass(frozen=True)
class Ratio:
    """A side's rate over that of the baseline.

    Attributes:
        value: the ratio.
        lower, upper: bounds of its 95 % interval; None: unknown.
        basis: ``pairs``, ``machines``, ``runs``, ``known`` or ``slices``: what was repeated.
        more: how many more of these (of runs for ``known`` and ``slices``) on each side would
            likely settle it; None: it is settled, or this cannot be said; above ``MOST_RUNS``: too
            many.
        error: standard error of the ratio's logarithm; None: unknown, as for ``slices``.
        df: the degrees of freedom of ``error``.
    """

    value: float
    lower: float | None
    upper: float | None
    basis: str
    more: int | None = None
    error: float | None = None
    df: float | None = None

    @property
    def verdict(self) -> str:
        """``faster``, ``slower`` or ``cannot tell``; of one run each alone always the last."""
        if self.basis == "slices" or self.apart is not True or self.lower is None:
            return CANNOT_TELL
        return "faster" if self.lower > 1 else "slower"

    @property
    def apart(self) -> bool | None:
        """Whether the interval leaves 1 out; for ``slices`` that is about two runs only."""
        if self.lower is None or self.upper is None:
            return None
        return not self.lower <= 1 <= self.upper

    @property
    def p_value(self) -> float | None:
        """How often chance alone brings a difference as large; None: unknown."""
        if self.error is None or self.df is None:
            return None
        if self.error == 0:
            return 1.0 if self.value == 1 else 0.0
        t = abs(math.log(self.value)) / self.error
        return min(1.0, max(0.0, 2 * (1 - student.distribution(t, self.df))))


def mean(side: Side) -> float:
    """The geometric mean over machines of that over each machine's runs."""
    return math.exp(statistics.fmean(_machine_means(side)))


def compare(
    baseline: Side, other: Side, *, known: Sequence[RunSpread] = (), paired: bool = False
) -> Ratio:
    """The ratio of a side to the baseline, with its interval.

    Args:
        baseline, other: their runs by machine.
        known: what runs vary by, which is used where each side has one run: one for both sides,
            which then have the same machine, or one for each.
        paired: the machines of both sides are the same, in the same order; of one machine this
            changes nothing.
    """
    if paired and len(baseline) > 1:
        return _of_pairs(_machine_means(baseline), _machine_means(other))
    if max(len(baseline), len(other)) > 1:
        return _of_means("machines", _machine_means(baseline), _machine_means(other))
    if max(len(baseline[0]), len(other[0])) > 1:
        first, second = ([math.log(run.value) for run in side[0]] for side in (baseline, other))
        return _of_means("runs", first, second)
    if known:
        return _of_known(baseline[0][0], other[0][0], known)
    return _of_slices(baseline[0][0], other[0][0])


def _machine_means(side: Side) -> list[float]:
    return [statistics.fmean(math.log(run.value) for run in machine) for machine in side]


def _of_pairs(baseline: Sequence[float], other: Sequence[float]) -> Ratio:
    differences = [after - before for before, after in zip(baseline, other, strict=True)]
    count, deviation = len(differences), statistics.stdev(differences)
    middle, error = statistics.fmean(differences), deviation / math.sqrt(count)
    found = _by_student("pairs", middle, error, float(count - 1))
    if found.apart:
        return found
    return replace(found, more=_more(pairs_needed(middle, deviation), count))


def _of_means(basis: str, baseline: Sequence[float], other: Sequence[float]) -> Ratio:
    difference = statistics.fmean(other) - statistics.fmean(baseline)
    if min(len(baseline), len(other)) == 1:
        known = max(baseline, other, key=len)
        spreads, df = [statistics.variance(known)] * 2, float(len(known) - 1)
    else:
        spreads = [statistics.variance(baseline), statistics.variance(other)]
        df = _welch_df(spreads, (len(baseline), len(other)))
    error = math.sqrt(spreads[0] / len(baseline) + spreads[1] / len(other))
    found = _by_student(basis, difference, error, df)
    if found.apart:
        return found
    needed = runs_needed(difference, math.sqrt(statistics.fmean(spreads)))
    return replace(found, more=_more(needed, min(len(baseline), len(other))))


def _of_known(baseline: Rate, other: Rate, known: Sequence[RunSpread]) -> Ratio:
    difference = math.log(other.value) - math.log(baseline.value)
    variances = [spread.variance for spread in (known[0], known[-1])]
    df = float(known[0].df)
    if len(known) > 1:
        df = _welch_df(variances, [spread.df + 1 for spread in known], runs=(1, 1))
    found = _by_student("known", difference, math.sqrt(sum(variances)), df)
    if found.apart:
        return found
    needed = runs_needed(difference, math.sqrt(statistics.fmean(variances)))
    return replace(found, more=_more(needed, 1))


def _by_student(basis: str, difference: float, error: float, df: float) -> Ratio:
    half = student.quantile(UPPER_TAIL, df) * error
    bounds = math.exp(difference - half), math.exp(difference + half)
    return Ratio(math.exp(difference), *bounds, basis, error=error, df=df)


def _more(needed: int, have: int) -> int:
    return needed if needed > MOST_RUNS else max(1, needed - have)


def _welch_df(
    variances: Sequence[float], counts: Sequence[int], runs: Sequence[int] | None = None
) -> float:
    """The degrees of freedom by Welch and Satterthwaite.

    Args:
        variances: of one run.
        counts: how many runs each variance is of.
        runs: how many runs each mean is of; None: as many.
    """
    means = counts if runs is None else runs
    parts = [variance / count for variance, count in zip(variances, means, strict=True)]
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
    return _needed(difference, deviation, sides=2)


def pairs_needed(difference: float, deviation: float) -> int:
    """How many pairs show a difference in 8 of 10 cases, at most ``MOST_RUNS`` + 1.

    Args:
        difference: of the logarithms.
        deviation: standard deviation of one machine's difference.
    """
    return _needed(difference, deviation, sides=1)


def _needed(difference: float, deviation: float, sides: int) -> int:
    if deviation == 0:
        return 2
    share = abs(difference) / deviation
    normal = statistics.NormalDist()
    least = sides * (normal.inv_cdf(UPPER_TAIL) + normal.inv_cdf(POWER)) ** 2
    if share == 0 or least > share**2 * MOST_RUNS:
        return MOST_RUNS + 1
    # Student's t asks for a few more than the normal distribution.
    count = max(2, math.floor(least / share**2))
    while _shown(count, sides) > share:
        count += 1
    return count


def _shown(count: int, sides: int) -> float:
    """The difference, in deviations, that so many on each side show in 8 of 10 cases."""
    df = float(sides * (count - 1))
    factor = student.quantile(UPPER_TAIL, df) + student.quantile(POWER, df)
    return factor * math.sqrt(sides / count)


def _of_slices(baseline: Rate, other: Rate) -> Ratio:
    difference = math.log(other.value) - math.log(baseline.value)
    if baseline.interval is None or other.interval is None or baseline.interval.lower <= 0:
        return Ratio(math.exp(difference), None, None, "slices")
    a, b = baseline.interval, other.interval
    below = _distance(b.lower, other.value), _distance(baseline.value, a.upper)
    above = _distance(other.value, b.upper), _distance(a.lower, baseline.value)
    half = math.hypot(*below), math.hypot(*above)
    bounds = math.exp(difference - half[0]), math.exp(difference + half[1])
    return Ratio(math.exp(difference), *bounds, "slices", _at_least(difference, max(half)))


def _at_least(difference: float, half: float) -> int:
    """How many more runs of each are needed if runs vary by no more than their slices say."""
    if abs(difference) <= half * 1e-3:
        return MOST_RUNS + 1
    normal = statistics.NormalDist()
    factor = 1 + normal.inv_cdf(POWER) / normal.inv_cdf(UPPER_TAIL)
    runs = (half * factor / difference) ** 2
    return max(_LEAST_RUNS, math.ceil(runs)) - 1 if runs <= MOST_RUNS else MOST_RUNS + 1


def _distance(smaller: float, larger: float) -> float:
    return math.log(larger / smaller) if smaller > 0 else math.inf
