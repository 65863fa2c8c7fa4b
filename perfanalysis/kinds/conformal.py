"""Intervals that need no distribution: quantiles of errors on CPU models that were held out.

Conformal prediction (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005)
over CPU models, not over machines: of each pair of CPU models all pairs of their machines count as
one. So an interval of 90 % holds for 90 of 100 pairs of CPU models that nobody trained on, if these
are drawn as the learned ones were.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HalfWidth = Callable[[Mapping[str, Array], float], float]
_PARTS = 15
# An interval of Arm and another is that much wider where no Arm CPU model was learned from.
_UNMET = 1.5


def by_model(errors: Array, models: Sequence[str]) -> dict[str, Array]:
    """Errors of each CPU model: at most so many quantiles of them as tell their distribution."""
    names = np.asarray(models)
    places = (np.arange(_PARTS) + 0.5) / _PARTS
    found: dict[str, Array] = {}
    for name in sorted(set(models)):
        own = np.sort(errors[names == name])
        found[name] = own if len(own) <= _PARTS else np.quantile(own, places)
    return found


def between(errors: Mapping[str, Array], level: float) -> float:
    """The half width, in logarithms, for a ratio between machines of two CPU models.

    Infinite where there are too few CPU models to tell ``level``.
    """
    pairs = itertools.combinations(errors.values(), 2)
    return _half_width([np.abs(np.subtract.outer(a, b)).ravel() for a, b in pairs], level, errors)


def across(errors: Mapping[str, Array], level: float, arm: Set[str]) -> float:
    """The half width for a ratio between an Arm machine and another.

    It is the quantile of such pairs, however few the Arm CPU models are that tell it, and never
    below that of all pairs. Where none is known, that of all pairs is stretched: what was never
    met is not known as well as the rest.
    """
    everywhere = between(errors, level)
    groups = [
        np.abs(np.subtract.outer(errors[a], errors[b])).ravel()
        for a, b in itertools.combinations(errors, 2)
        if (a in arm) != (b in arm)
    ]
    if not groups:
        return _UNMET * everywhere
    return max(everywhere, _half_width(groups, level, errors))


def within(errors: Mapping[str, Array], level: float) -> float:
    """The half width for a ratio between two machines of one CPU model."""
    several = {name: own for name, own in errors.items() if len(own) > 1}
    differences = [
        np.abs(np.subtract.outer(own, own))[~np.eye(len(own), dtype=bool)]
        for own in several.values()
    ]
    return _half_width(differences, level, several)


def _half_width(groups: Sequence[Array], level: float, models: Mapping[str, Array]) -> float:
    """The quantile of all differences, each group counting once, as conformal prediction has it."""
    count = len(models)
    asked = math.ceil((count + 1) * level) / count if count else 2.0
    if asked > 1 or not groups:
        return math.inf
    values = np.concatenate(groups)
    weights = np.concatenate([np.full(len(group), 1 / len(group)) for group in groups])
    order = np.argsort(values)
    heap = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(heap, asked - 1e-12)), len(values) - 1)])
