"""How well ratios of work are foretold: errors of pairs of machines, and what intervals hold."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfanalysis.kinds import conformal

Array = NDArray[np.float64]
PAIRS = 20_000
_SPLITS = 20


@dataclass(frozen=True, slots=True)
class PairErrors:
    """Of the ratio between two machines of different CPU models; 0.2 is 20 % too much or as much
    too little (a factor of 1.2 either way)."""

    median: float
    p90: float
    pairs: int


class Widths(NamedTuple):
    """Half widths of an interval in logarithms: between CPU models, and of Arm with another."""

    between: float
    across: float


@dataclass(frozen=True, slots=True)
class HeldShare:
    """Which share of ratios an interval held, each pair of CPU models counting once.

    Attributes:
        held, pairs: of all pairs of CPU models.
        arm_held, arm_pairs: of pairs of an Arm and another; ``arm_held`` is None without any.
        width: the mean of how far an interval's end is from its ratio; 0.3 is 30 % of the ratio.
    """

    held: float
    pairs: int
    arm_held: float | None
    arm_pairs: int
    width: float


def pair_errors(errors: Array, models: Sequence[str], seed: int = 1) -> PairErrors | None:
    """Errors of ratios between random pairs of machines of different CPU models.

    Args:
        errors: foretold less done, in logarithms, (machines,); NaN is left out.
        models: the CPU model of each machine.
        seed: of the pairs.

    Returns: None where there are no two CPU models.
    """
    known = np.flatnonzero(np.isfinite(errors))
    names = np.unique(np.asarray(models), return_inverse=True)[1]
    if len(np.unique(names[known])) < 2:
        return None
    random = np.random.default_rng(seed)
    one, other = (random.choice(known, 4 * PAIRS) for _ in range(2))
    apart = np.flatnonzero(names[one] != names[other])[:PAIRS]
    factors = np.expm1(np.abs(errors[one[apart]] - errors[other[apart]]))
    return PairErrors(float(np.median(factors)), float(np.quantile(factors, 0.9)), len(apart))


def coverage(
    errors: Array, models: Sequence[str], arm: Set[str], widths: Widths
) -> HeldShare | None:
    """How often intervals held the ratio between machines of two CPU models.

    Args:
        errors: foretold less done, in logarithms, (machines,); NaN is left out.
        models: the CPU model of each machine.
        arm: CPU models of Arm's architecture.
        widths: of the interval.

    Returns: None where there are no two CPU models.
    """
    return _coverage(_groups(errors, models), arm, widths)


def split_coverage(
    errors: Array, models: Sequence[str], arm: Set[str], level: float, seed: int = 1
) -> HeldShare | None:
    """The coverage of intervals found on one half of the CPU models, asked on the other half.

    Mean of twenty random halves; errors are those of CPU models held out.
    """
    groups = _groups(errors, models)
    names = sorted(groups)
    random = np.random.default_rng(seed)
    found: list[HeldShare] = []
    for _ in range(_SPLITS):
        random.shuffle(names)
        learned, asked = names[: len(names) // 2], names[len(names) // 2 :]
        known = {name: groups[name] for name in learned}
        widths = Widths(conformal.between(known, level), conformal.across(known, level, arm))
        answer = _coverage({name: groups[name] for name in asked}, arm, widths)
        if answer is not None and np.isfinite(widths.between):
            found.append(answer)
    if not found:
        return None
    across = [(c.arm_held, c.arm_pairs) for c in found if c.arm_held is not None]
    return HeldShare(
        float(np.mean([c.held for c in found])),
        found[0].pairs,
        float(np.mean([held for held, _ in across])) if across else None,
        round(float(np.mean([c.arm_pairs for c in found]))),
        float(np.mean([c.width for c in found])),
    )


def _groups(errors: Array, models: Sequence[str]) -> dict[str, Array]:
    known = np.isfinite(errors)
    own = [name for name, taken in zip(models, known, strict=True) if taken]
    return conformal.by_model(errors[known], own)


def _coverage(groups: Mapping[str, Array], arm: Set[str], widths: Widths) -> HeldShare | None:
    shares: list[float] = []
    arm_shares: list[float] = []
    halves: list[float] = []
    for a, b in itertools.combinations(groups, 2):
        across = (a in arm) != (b in arm)
        halves.append(widths.across if across else widths.between)
        far = np.abs(np.subtract.outer(groups[a], groups[b]))
        shares.append(float(np.mean(far <= halves[-1])))
        if across:
            arm_shares.append(shares[-1])
    if not shares:
        return None
    return HeldShare(
        float(np.mean(shares)),
        len(shares),
        float(np.mean(arm_shares)) if arm_shares else None,
        len(arm_shares),
        float(np.mean(np.expm1(halves))),
    )
