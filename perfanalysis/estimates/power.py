"""How often data as scattered as these would have told a difference of some size. Pure.

A t test with standard error e and df degrees of freedom tells a true difference d when
|T| > t(0.975, df), where T has the noncentral t distribution with noncentrality d / e. With
S = sqrt(chi-squared / df) that is the mean of Phi(d / e - c S) over S (Johnson, Kotz and
Balakrishnan, "Continuous Univariate Distributions 2", 1995, chapter 31), by Simpson's rule. The
spread that was seen is taken for the true one.
"""

from __future__ import annotations

import math
import statistics

from perfanalysis.estimates import student
from perfanalysis.estimates.ratios import POWER, UPPER_TAIL, Ratio

_PARTS = 200
# Beyond so many standard deviations of S there is nothing.
_REACH = 8.0
_NORMAL = statistics.NormalDist()


def power(found: Ratio, difference: float, beyond: float = 0.0) -> float | None:
    """How often a true difference would have been told from one of another size.

    Args:
        found: what the data have said, whose spread is used.
        difference: the true difference of the logarithms, at least ``beyond``.
        beyond: the difference that it must surely exceed, at least 0; 0: any difference.

    Returns:
        0..1; None: what runs vary by is unknown.
    """
    if found.error is None or found.df is None:
        return None
    distance = difference - beyond
    if found.error == 0:
        return 1.0 if distance > 0 else 0.0
    critical = student.quantile(UPPER_TAIL, found.df)
    shift = distance / found.error
    told = _above(critical, shift, found.df)
    return told if beyond else told + _above(critical, -shift, found.df)


def detectable(found: Ratio, beyond: float = 0.0) -> float | None:
    """The true difference of the logarithms that would have been told in 8 of 10 cases."""
    if found.error is None or power(found, beyond, beyond) is None:
        return None
    low, high = 0.0, found.error
    while (power(found, beyond + high, beyond) or 0.0) < POWER and high > 0:
        low, high = high, 2 * high
    for _ in range(30):
        middle = (low + high) / 2
        if (power(found, beyond + middle, beyond) or 0.0) < POWER:
            low = middle
        else:
            high = middle
    return beyond + high


def _above(critical: float, shift: float, df: float) -> float:
    """P(T > ``critical``) of the noncentral t distribution with noncentrality ``shift``."""
    width = _REACH / math.sqrt(2 * df)
    start, end = max(0.0, 1 - width), 1 + width
    step = (end - start) / _PARTS
    weighted = whole = 0.0
    for i in range(_PARTS + 1):
        s = start + i * step
        weight = (1 if i in {0, _PARTS} else 4 if i % 2 else 2) * _density(s, df)
        weighted += weight * _NORMAL.cdf(shift - critical * s)
        whole += weight
    return weighted / whole


def _density(s: float, df: float) -> float:
    """The density of S, but for a constant."""
    if s <= 0:
        return math.exp(df / 2) if df == 1 else 0.0
    return math.exp((df - 1) * math.log(s) - df * (s * s - 1) / 2)
