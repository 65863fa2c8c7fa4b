"""The unit of one kernel version in that of another: by a ratio that was measured. Pure.

A bridge is the ratio of new to old rates of the same work, by runs in turns (``ratios.compare``
with pairs). What is multiplied by it is no better known than it: variances of the logarithms add,
and their degrees of freedom by Welch and Satterthwaite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from perfanalysis.estimates import ratios, student
from perfanalysis.estimates.ratios import UPPER_TAIL, Ratio
from perfanalysis.estimates.statistics import Estimate


@dataclass(frozen=True)
class Bridge:
    """The ratio of new to old rates.

    Attributes:
        value: the ratio.
        error: standard error of its logarithm.
        df: the degrees of freedom of ``error``, at least 1.
    """

    value: float
    error: float
    df: float

    @property
    def half(self) -> float:
        """Half the width of the 95 % interval of the ratio's logarithm."""
        return student.quantile(UPPER_TAIL, self.df) * self.error

    @property
    def interval(self) -> Estimate:
        """The ratio with its 95 % interval."""
        reach = math.exp(self.half)
        return Estimate(self.value, self.value / reach, self.value * reach)


def of_turns(old: list[float], new: list[float]) -> Bridge:
    """The bridge of runs in turns.

    Args:
        old, new: rates above 0 of each turn, at least two.
    """
    sides = ([[ratios.Rate(rate, None)] for rate in side] for side in (old, new))
    found = ratios.compare(*sides, paired=True)
    assert found.error is not None
    assert found.df is not None
    return Bridge(found.value, found.error, found.df)


def expressed(rate: Estimate, bridge: Bridge) -> Estimate:
    """A rate in the new unit: half widths of logarithms add in squares.

    Args:
        rate: in the old unit, with bounds above 0.
        bridge: to the new one.
    """
    value = rate.value * bridge.value
    below, above = (math.log(rate.value / rate.lower), math.log(rate.upper / rate.value))
    lower, upper = (math.hypot(side, bridge.half) for side in (below, above))
    return Estimate(value, value * math.exp(-lower), value * math.exp(upper))


def widened(found: Ratio, bridge: Bridge) -> Ratio:
    """A ratio of which one side was brought to the other's unit by a bridge.

    Args:
        found: of the rates as the bridge has made them.
        bridge: which made them, and of which it knows nothing yet.
    """
    if found.lower is None or found.upper is None:
        return found
    middle = math.log(found.value)
    if found.error is None or found.df is None:
        below, above = middle - math.log(found.lower), math.log(found.upper) - middle
        lower, upper = (math.hypot(side, bridge.half) for side in (below, above))
        made = replace(found, lower=math.exp(middle - lower), upper=math.exp(middle + upper))
    else:
        error, df = joined((found.error, found.df), (bridge.error, bridge.df))
        half = student.quantile(UPPER_TAIL, df) * error
        lower, upper = math.exp(middle - half), math.exp(middle + half)
        made = replace(found, lower=lower, upper=upper, error=error, df=df)
    if made.apart:
        return replace(made, more=None)
    # No further run of a machine makes the bridge narrower.
    hopeless = abs(middle) <= bridge.half
    return replace(made, more=ratios.MOST_RUNS + 1 if hopeless else found.more or 1)


def joined(own: tuple[float, float], bridge: tuple[float, float]) -> tuple[float, float]:
    """The error of what was brought to another unit, and its degrees of freedom.

    These are never more than it had: by Welch and Satterthwaite alone an interval of few runs would
    become narrower.

    Args:
        own: standard error and degrees of freedom without the bridge's doubt.
        bridge: the same of the bridge.
    """
    error = math.hypot(own[0], bridge[0])
    if error == 0:
        return 0.0, own[1]
    joint = error**4 / sum(part**4 / df for part, df in (own, bridge))
    return error, min(own[1], joint)
