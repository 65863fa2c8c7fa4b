"""Quantiles of Student's t distribution, also for the broken degrees of freedom of Welch. Pure.

With t = sqrt(df) tan(u) the density becomes proportional to cos(u)^(df - 1) on a finite range,
which Simpson's rule integrates well; the quantile is found by Newton's method. The base install
holds no scipy.
"""

from __future__ import annotations

import math
import statistics
from functools import lru_cache

# Simpson's rule on so many parts is right to 6 digits and more.
_PARTS = 60


def distribution(t: float, df: float) -> float:
    """P(T <= t) for ``t`` of at least 0 and ``df`` of at least 1."""
    end = math.atan(t / math.sqrt(df))
    step = end / _PARTS
    total: float = sum(
        (1 if i in {0, _PARTS} else 4 if i % 2 else 2) * math.cos(i * step) ** (df - 1)
        for i in range(_PARTS + 1)
    )
    whole = math.exp(math.lgamma(df / 2) - math.lgamma((df + 1) / 2)) * math.sqrt(math.pi)
    return 0.5 + total * step / 3 / whole


def density(t: float, df: float) -> float:
    """The density at ``t``, for ``df`` above 0."""
    scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2
    return math.exp(scale - (df + 1) / 2 * math.log1p(t * t / df))


@lru_cache(maxsize=1024)
def quantile(probability: float, df: float) -> float:
    """The value that T stays below with some probability.

    Args:
        probability: from 0.5 to below 1.
        df: degrees of freedom, at least 1.
    """
    # The normal quantile is smaller, and the distribution is concave from 0 on: Newton's steps come
    # from below and never pass the value.
    t, step = statistics.NormalDist().inv_cdf(probability), math.inf
    while step > 1e-9 * max(t, 1.0):
        step = (probability - distribution(t, df)) / density(t, df)
        t += step
    return t
