"""The curves of many candidates as arrays, so that work is carried to all of them at once. Pure.

For each candidate and kernel there are two curves over the same knots: ``spread``, as measured with
all CPUs equally busy, and ``packed``, as of workers of which each keeps one CPU busy, cores filled
first. Where two threads share a core, or a CPU alone runs faster, the second does more in between:
two half-busy siblings are not one busy core. Without a single worker's figure both are the same.

The centre of several machines of a type is the geometric mean of their work, level by level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workload.prediction.candidate import Candidate, Floats, WorkCurve
from workload.prediction.curves import is_readable, knots

Indices = NDArray[np.intp]
# Of the normal distribution, both sides of a 95 % interval.
Z = 1.959964


@dataclass(frozen=True)
class CurveTable:
    """Curves of candidates (C), by kernel (K), over knots (L).

    Rows end in repetitions of their last knot; those of a kernel that was not measured are NaN.

    Attributes:
        kernels: their names, in order.
        busy: (C, K, L) ratios, from 0 to 1.
        spread, packed: (C, K, L) units per second.
        noise: (C, K, L) variance of the logarithm of work, from the intervals of the runs; of their
            mean where there are several machines. 0 where no interval is known.
        machines: (C, K) how many machines were measured.
        deviations: (C, K, M) each machine's mean distance from the centre, in logarithms; NaN
            behind the last one.
        whole: (C, K) whether all curves have intervals.
        single: (C, K) units per second of a single worker, the geometric mean; NaN: unknown.
    """

    kernels: tuple[str, ...]
    busy: Floats
    spread: Floats
    packed: Floats
    noise: Floats
    machines: Floats
    deviations: Floats
    whole: Floats
    single: Floats

    def of(self, kernels: Indices) -> CurveTable:
        """Only some of the kernels, by their places."""
        names = tuple(self.kernels[k] for k in kernels)
        arrays = {name: getattr(self, name)[:, kernels] for name in (*_BY_KNOT, *_BY_KERNEL)}
        return CurveTable(names, **arrays)

    def of_kind(self, ratio: Floats, half: Floats) -> CurveTable:
        """Work of a kind, of which only the ratio at full load to a source's is known.

        How work rises with the busy ratio is as each kernel's; what it comes to is as the kind's.

        Args:
            ratio: (C,) work at full load over that of the source; NaN: unknown.
            half: (C,) half of the 95 % interval of its logarithm.
        """
        scale = ratio[:, None, None] / self.spread[..., -1:]
        known = np.isfinite(ratio)[:, None] & (self.machines > 0)
        return replace(
            self,
            spread=self.spread * scale,
            packed=self.packed * scale,
            noise=np.broadcast_to(((half / Z) ** 2)[:, None, None], self.noise.shape),
            machines=np.where(known, self.machines, 0.0),
            single=self.single * scale[..., 0],
        )

    def units(self, packed: float) -> Floats:
        """(C, K, L) units per second where so much of the work (0 to 1) is packed on few CPUs."""
        if packed == 0:
            return self.spread
        return (1 - packed) * self.spread + packed * self.packed


@dataclass(frozen=True)
class _Row:
    """One candidate and kernel; see ``CurveTable``."""

    busy: Floats
    spread: Floats
    packed: Floats
    noise: Floats
    deviations: Floats
    whole: bool
    single: float


def table_of(candidates: Sequence[Candidate], kernels: Sequence[str]) -> CurveTable:
    """The curves of candidates; those that cannot be read are left out, as not measured."""
    rows = [[_row(one, kernel) for kernel in kernels] for one in candidates]
    every = [row for of_one in rows for row in of_one if row is not None]
    length = max((len(row.busy) for row in every), default=2)
    most = max((len(row.deviations) for row in every), default=1)
    shape = (len(candidates), len(kernels))
    arrays = {name: np.full((*shape, length), np.nan) for name in _BY_KNOT}
    deviations = np.full((*shape, most), np.nan)
    machines, whole, single = (np.full(shape, start) for start in (0.0, 0.0, np.nan))
    for c, of_one in enumerate(rows):
        for k, row in enumerate(of_one):
            if row is None:
                continue
            for name, array in arrays.items():
                values = getattr(row, name)
                array[c, k] = np.pad(values, (0, length - len(values)), mode="edge")
            deviations[c, k, : len(row.deviations)] = row.deviations
            machines[c, k] = len(row.deviations)
            whole[c, k], single[c, k] = row.whole, row.single
    return CurveTable(
        tuple(kernels),
        **arrays,
        machines=machines,
        deviations=deviations,
        whole=whole,
        single=single,
    )


_BY_KNOT = ("busy", "spread", "packed", "noise")
_BY_KERNEL = ("machines", "deviations", "whole", "single")


def _row(candidate: Candidate, kernel: str) -> _Row | None:
    curves = [one for one in candidate.curves.get(kernel, ()) if is_readable(one)]
    if not curves:
        return None
    parts = [_one(curve, candidate.cpus) for curve in curves]
    if len(parts) == 1:
        return parts[0]
    busy = _common(parts)
    logs = np.array([np.log(np.interp(busy[1:], part.busy, part.spread)) for part in parts])
    packed = np.array([np.log(np.interp(busy[1:], part.busy, part.packed)) for part in parts])
    noise = np.array([np.interp(busy, part.busy, part.noise) for part in parts])
    centre = logs.mean(axis=0)
    return _Row(
        busy,
        np.concatenate(([0.0], np.exp(centre))),
        np.concatenate(([0.0], np.exp(packed.mean(axis=0)))),
        noise.mean(axis=0) / len(parts),
        (logs - centre).mean(axis=1),
        all(part.whole for part in parts),
        float(np.exp(np.mean([np.log(part.single) for part in parts]))),
    )


def _common(parts: Sequence[_Row]) -> Floats:
    """Knots for the mean of several curves: those of one, where levels were reached alike."""
    lengths = {len(part.busy) for part in parts}
    if len(lengths) == 1:
        # Levels that were asked for alike are reached within a hair of each other.
        mean: Floats = np.mean([part.busy for part in parts], axis=0)
        return mean
    return np.unique(np.concatenate([part.busy for part in parts]))


def _one(curve: WorkCurve, cpus: int) -> _Row:
    busy, spread = knots(curve)
    variance = _variances(curve)
    # Variances hold for levels; at 0 and 1 those of the nearest one do.
    noise = np.zeros(len(busy)) if variance is None else np.interp(busy, *variance)
    steps = _ladder(curve, cpus, float(spread[-1]))
    if steps is None:
        return _Row(busy, spread, spread, noise, np.zeros(1), variance is not None, math.nan)
    joint = np.unique(np.concatenate([busy, steps[0]]))
    return _Row(
        joint,
        np.interp(joint, busy, spread),
        np.maximum(np.interp(joint, *steps), np.interp(joint, busy, spread)),
        np.interp(joint, busy, noise),
        np.zeros(1),
        variance is not None,
        float(steps[1][1]),
    )


def _variances(curve: WorkCurve) -> tuple[Floats, Floats] | None:
    """Busy levels, and the variance of the logarithm of their work; None: unknown."""
    known = np.isfinite(curve.units) & np.isfinite(curve.busy)
    lower, upper = curve.lower[known], curve.upper[known]
    if not np.isfinite(lower).all() or not np.isfinite(upper).all() or (lower <= 0).any():
        return None
    order = np.argsort(curve.busy[known], kind="stable")
    return curve.busy[known][order], (np.log(upper / lower)[order] / (2 * Z)) ** 2


def _ladder(curve: WorkCurve, cpus: int, full: float) -> tuple[Floats, Floats] | None:
    """Work by the share of CPUs that are wholly busy; None: no single worker was measured.

    Between what was measured it is straight, and so at most what a machine does whose cores are
    filled first.
    """
    if curve.single is None or cpus < 2 or not math.isfinite(curve.single):
        return None
    inner = {n: units for n, units in curve.ladder.items() if 1 < n < cpus}
    rungs = {0: 0.0, 1: curve.single, **inner, cpus: full}
    workers = sorted(rungs)
    units = np.maximum.accumulate([rungs[n] for n in workers])
    return np.array(workers) / cpus, np.minimum(units, full)
