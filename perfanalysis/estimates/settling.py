"""Where a rate ends that falls, with its interval. Pure; needs numpy.

Around the fall that ``shapes.find_shapes`` has found, the moments and lengths of falls along a line
and of exponential ones lie on a grid, which closes in on where their restricted likelihood lies
(Harville, "Bayesian Inference for Variance Components Using Only Error Contrasts", Biometrika
1974). At each point, and for each noise, the level and the size of the fall are integrated out; the
interval is that of the mixture of Student's t distributions over all of them. So it pays for what
is not known of the fall: one that has hardly slowed down has no end that could be told.

Each stretch counts by its relative deviation: a baseline of a tenth of the burst has a tenth of its
noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.estimates.mixtures import UPPER_TAIL, student_table
from perfanalysis.estimates.shapes import (
    DECAY,
    DIP,
    FACTOR,
    LINE,
    REACH,
    SHORTEST,
    Array,
    Shape,
    add,
    noise_grid,
    norms_of,
)
from perfanalysis.estimates.statistics import Estimate

# The grid around a fall: places and lengths of each kind, and how often it closes in.
BEGINS, LENGTHS = 13, 17
ROUNDS = 3
# It closes in on so many standard deviations.
KEPT = 3.5
# The longest fall, in lengths of the whole.
LONGEST = 5.0
# Parts of the mixture below this share of the greatest are nothing.
NOTHING = 1e-7
# A rate of less than this share of the middle counts as if it had that.
LEAST_WEIGHT = 0.02


@dataclass(frozen=True)
class Settled:
    """Where a rate is, and where it came from.

    Attributes:
        level: where it ends; with no fall: where it is.
        first: where it was before the fall; None: there is none.
        fall: the most likely one; None: there is none.
    """

    level: Estimate
    first: Estimate | None
    fall: Shape | None


@dataclass(frozen=True)
class _Mixture:
    """Student's t distributions; each array has one entry a part.

    Attributes:
        logs: of their probabilities, but for a constant.
        levels, spreads: middle and scale of where the rate ends.
        firsts, first_spreads: the same of where it was.
        falls: each part's fall.
    """

    logs: Array
    levels: Array
    spreads: Array
    firsts: Array
    first_spreads: Array
    falls: tuple[Shape | None, ...]


def settle(values: Array, shapes: Sequence[Shape]) -> Settled:
    """The level of some rates, with 95 % intervals.

    Args:
        values: of equal stretches of time, above 0 in the middle; at least 10.
        shapes: what ``find_shapes`` found in them.
    """
    count, middle = len(values), float(np.median(values))
    dips = [shape.column(count) for shape in shapes if shape.kind == DIP]
    fall = next((shape for shape in shapes if shape.kind != DIP), None)
    model = np.column_stack([np.ones(count), *dips])
    weights = 1 / _expected(values / middle, model, fall)
    scaled, model = values / middle * weights, model * weights[:, None]
    if fall is None:
        found = _without(scaled, model)
    else:
        kinds = [_closing_in(scaled, model, weights, kind, fall) for kind in (LINE, DECAY)]
        found = _joined(kinds)
    df = count - model.shape[1] - (fall is not None)
    parts = np.exp(found.logs - found.logs.max())
    level = _estimate(parts, found.levels, found.spreads, df, middle)
    if fall is None:
        return Settled(level, None, None)
    first = _estimate(parts, found.firsts, found.first_spreads, df, middle)
    best = found.falls[int(found.logs.argmax()) % len(found.falls)]
    return Settled(level, first, best)


def _expected(values: Array, model: Array, fall: Shape | None) -> Array:
    """The rates as the shapes have them, by least squares."""
    count = len(values)
    columns = model if fall is None else np.column_stack([model, fall.column(count)])
    factors = np.linalg.lstsq(columns, values, rcond=None)[0]
    found: Array = np.maximum(columns @ factors, LEAST_WEIGHT)
    return found


def _without(values: Array, model: Array) -> _Mixture:
    """No fall: one part for each noise."""
    count = len(values)
    nothing = np.zeros((count, 0))
    points = len(noise_grid(count).logs)
    added = add(values, model, nothing, np.zeros((points, 0)))
    df = count - model.shape[1]
    rest = np.maximum(added.rest, np.finfo(float).eps)
    logs = noise_grid(count).logs - added.log - df / 2 * np.log(rest)
    spreads = np.sqrt(rest / df * added.spread)
    return _Mixture(logs, added.factor, spreads, added.factor, spreads, (None,))


def _closing_in(values: Array, model: Array, weights: Array, kind: str, fall: Shape) -> _Mixture:
    """The falls of one kind, on a grid that closes in on the likely ones."""
    count = len(values)
    begins = np.clip([fall.begin - REACH, fall.begin + REACH], 0.0, count)
    ends = np.log(np.clip([fall.length / FACTOR, fall.length * FACTOR], SHORTEST, LONGEST * count))
    for turn in range(ROUNDS):
        places, lengths = (
            np.linspace(begins[0], begins[1], BEGINS),
            np.linspace(ends[0], ends[1], LENGTHS),
        )
        grid = np.array([(place, length) for place in places for length in lengths])
        shapes = tuple(Shape(kind, place, float(np.exp(length))) for place, length in grid)
        found = _of_falls(values, model, weights, shapes)
        if turn == ROUNDS - 1:
            break
        logs = found.logs.reshape(-1, len(grid))
        likely = np.exp(logs - logs.max()).sum(axis=0)
        likely /= likely.sum()
        centre = likely @ grid
        steps = np.array([places[1] - places[0], lengths[1] - lengths[0]])
        reach = np.maximum(KEPT * np.sqrt(likely @ (grid - centre) ** 2), steps)
        begins = np.clip([centre[0] - reach[0], centre[0] + reach[0]], *begins)
        ends = np.clip([centre[1] - reach[1], centre[1] + reach[1]], *ends)
    # Each point stands for what lies around it.
    cell = max(float(np.ptp(begins)), 1e-9) * max(float(np.ptp(ends)), 1e-9)
    return _Mixture(
        found.logs + np.log(cell),
        found.levels,
        found.spreads,
        found.firsts,
        found.first_spreads,
        found.falls,
    )


def _of_falls(values: Array, model: Array, weights: Array, shapes: tuple[Shape, ...]) -> _Mixture:
    """One part for each noise and each fall; a rise is none."""
    grid, count = noise_grid(len(values)), len(values)
    columns = np.array([shape.column(count) for shape in shapes]).T * weights[:, None]
    added = add(values, model, columns, norms_of(columns))
    df = count - model.shape[1] - 1
    rest = np.maximum(added.rest[:, None] - added.gained, np.finfo(float).eps)
    logs = (grid.logs - added.log)[:, None] - np.log(added.free) / 2 - df / 2 * np.log(rest)
    scale, spread = rest / df, added.spread[:, None]
    levels = added.factor[:, None] - added.first * added.sizes
    return _Mixture(
        np.where((added.sizes > 0) & np.isfinite(added.free), logs, -np.inf).ravel(),
        levels.ravel(),
        np.sqrt(scale * (spread + added.first**2 / added.free)).ravel(),
        (levels + added.sizes).ravel(),
        np.sqrt(scale * (spread + (1 - added.first) ** 2 / added.free)).ravel(),
        shapes,
    )


def _joined(parts: Sequence[_Mixture]) -> _Mixture:
    """Several kinds as one mixture; that of the most likely part has its falls first."""
    best = max(parts, key=lambda part: float(part.logs.max()))
    return _Mixture(
        np.concatenate([part.logs for part in parts]),
        np.concatenate([part.levels for part in parts]),
        np.concatenate([part.spreads for part in parts]),
        np.concatenate([part.firsts for part in parts]),
        np.concatenate([part.first_spreads for part in parts]),
        best.falls,
    )


def _estimate(parts: Array, middles: Array, scales: Array, df: int, unit: float) -> Estimate:
    """The median of a mixture, and the bounds that leave 2.5 % on either side."""
    kept = parts > NOTHING
    parts, middles, scales = parts[kept] / parts[kept].sum(), middles[kept], scales[kept]
    places, below = student_table(df)

    def quantile(probability: float) -> float:
        low = float((middles - places[-1] * scales).min())
        high = float((middles + places[-1] * scales).max())
        for _ in range(60):
            at = (low + high) / 2
            distances = (at - middles) / scales
            half = np.interp(np.abs(distances), places, below)
            inside = parts @ np.where(distances < 0, 1 - half, half)
            low, high = (at, high) if inside < probability else (low, at)
        return low

    lower, value, upper = (quantile(p) for p in (1 - UPPER_TAIL, 0.5, UPPER_TAIL))
    return Estimate(max(0.0, value * unit), max(0.0, lower * unit), max(0.0, upper * unit))
