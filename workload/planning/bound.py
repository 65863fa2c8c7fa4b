"""What no plan can be cheaper than, worked out from step prices by plain arithmetic.

Let each kind k have a price u[k, j] >= 0 on each column j, and let what a machine has be worth
s[k] = sum over j of u[k, j] * capacity[k, j]. A workload on kind k then pays
a[w, k] = sum over j of u[k, j] * demand[w, j]. As no machine holds more than it has in any column,
what the workloads of one machine pay together is at most s[k]. With s[k] <= price[k] for all kinds,
a plan costs at least what its workloads pay, and so at least the sum over workloads of the least
that each can pay on a kind that it fits. Of a kind that is limited to L machines s[k] may exceed
the price: at most L times the difference is then taken off.

The prices come from a solver, but nothing here believes it: any u >= 0 gives a true bound.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from workload.planning.problem import UNLIMITED, Floats, PackingProblem, Wholes

# Larger than what rounding of float64 adds up to in sums of this length.
_ROUNDING = 1e-9


def proven_bound(problem: PackingProblem, columns: Wholes, shares: Floats) -> int:
    """The least that any plan costs, in millionths, rounded up to what prices can add up to.

    Args:
        problem: in which each workload fits some kind.
        columns: kind and column of each price; shape (prices, 2).
        shares: what the whole capacity of a machine in that column is priced at, in millionths;
            shape (prices,).
    """
    worth = np.bincount(columns[:, 0], weights=shares, minlength=problem.kinds)
    unlimited = problem.limits == UNLIMITED
    scale = np.where(unlimited & (worth > problem.prices), problem.prices / np.maximum(worth, 1), 1)
    pays = np.zeros((problem.workloads, problem.kinds))
    for (kind, column), share in zip(columns, shares, strict=True):
        capacity = max(problem.capacity[kind, column], 1.0)
        pays[:, kind] += problem.demand[:, column] * (share * scale[kind] / capacity)
    over = np.maximum(worth - problem.prices, 0.0)[~unlimited]
    least = np.where(problem.fits, pays, np.inf).min(axis=1).sum()
    given = float((over * problem.limits[~unlimited]).sum())
    bound = float(least) - given - _ROUNDING * (float(least) + given)
    return rounded_up(problem, max(bound, 0.0))


def rounded_up(problem: PackingProblem, bound: float) -> int:
    """The next cost that whole machines can have: a multiple of what divides all prices."""
    divisor = reduce(math.gcd, (int(price) for price in problem.prices))
    return math.ceil(bound / divisor) * divisor


def dearest_needed(problem: PackingProblem) -> int:
    """What the dearest machine of any plan costs at least: that of the most demanding workload."""
    prices = np.where(problem.fits, problem.prices, UNLIMITED)
    return int(prices.min(axis=1).max())
