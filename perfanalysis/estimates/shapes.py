"""Falls and dips in the course of a rate, found under noise that lasts. Pure; needs numpy.

The model of the rates of equal stretches of time is

    rate(i) = level + sum of sizes times shapes(i) + noise(i)

A shape is a fall, along a line or exponentially (as a body comes to its end temperature), or a dip,
which begins and ends. A fall is 1 before it and comes to 0 at its end: so the level is where the
fall ends, however far behind the last rate that lies. A step is a line that is short. The noise is
that of common_noise.py, one part of which lasts; its correlation time and share lie on a grid.

Shapes are added one after the other, that of the highest likelihood first, as long as each gains
more than a penalty: that of Schwarz ("Estimating the Dimension of a Model", Annals of Statistics
1978) times ``STRICT``, as the moments are searched for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Of the lasting noise: its shares in the variance, and its correlation times in stretches.
SHARES = (0.3, 0.6, 0.9)
TIMES = (0.5, 1.5, 4.0, 12.0, 36.0)
NO_LASTING_NOISE = 0.25
STRICT = 2.0
# Of a shape: its size, and two moments.
PARAMETERS = 3
MOST_SHAPES = 6
# Falls and dips of less than this share of the middle rate are of no matter.
LEAST_SIZE = 0.02
# Nor are dips of less than this share of the fall: they are what it is not quite like.
LEAST_OF_FALL = 0.02
# Dips begin and end at so many places; falls have these lengths, in shares of the whole.
PLACES = 60
LENGTHS = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2)
SHORTEST = 0.5
# OpenBLAS starts threads for products of more steps, and for a column of more.
SMALL_PRODUCT, SMALL_COLUMN = 1 << 18, 9_000
# A dip has so many stretches, and there are as many behind it: else it has not ended.
LEAST_DIP = 2
# How far around a fall a better one is looked for: stretches, and as a factor of its length.
REACH = 6.0
FACTOR, FACTORS = 4.0, 13
LINE, DECAY, DIP = "line", "decay", "dip"


@dataclass(frozen=True)
class Shape:
    """A fall or a dip, in stretches.

    Attributes:
        kind: ``line`` or ``decay``: how it falls; or ``dip``.
        begin: how many stretches lie before it.
        length: of the line or the dip; of a decay its time constant.
    """

    kind: str
    begin: float
    length: float

    def column(self, count: int) -> Array:
        """Its values at so many stretches."""
        gone = np.arange(count) + 0.5 - self.begin
        if self.kind == DIP:
            return np.where((gone > 0) & (gone < self.length), 1.0, 0.0)
        if self.kind == LINE:
            return np.clip(1 - gone / self.length, 0.0, 1.0)
        found: Array = np.exp(-np.maximum(gone, 0.0) / self.length)
        return found


@dataclass(frozen=True)
class NoiseGrid:
    """The noise at each point of the grid.

    Attributes:
        precisions: the inverse of the covariance of the stretches, shape (points, count, count).
        logs: what the determinant and the prior add to a log likelihood, shape (points).
    """

    precisions: Array
    logs: Array


@dataclass(frozen=True)
class _Shelf:
    """Shapes to choose from.

    Attributes:
        shapes: all of them.
        columns: of each, shape (count, shapes).
        norms: the squares of the columns under each noise, shape (points, shapes).
        falls: which of them are falls.
    """

    shapes: tuple[Shape, ...]
    columns: Array
    norms: Array
    falls: NDArray[np.bool_]


@lru_cache(maxsize=8)
def noise_grid(count: int) -> NoiseGrid:
    """The noise of so many stretches."""
    lags = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    points = [(1.0, 0.0), *((time, share) for time in TIMES for share in SHARES)]
    prior = np.array([1 / math.sqrt(1 + 3 * time) for time, _ in points])
    prior[1:] *= (1 - NO_LASTING_NOISE) / prior[1:].sum()
    prior[0] = NO_LASTING_NOISE
    variances = [(1 - s) * np.eye(count) + s * np.exp(-lags / time) for time, s in points]
    logs = np.log(prior) - np.array([np.linalg.slogdet(part)[1] for part in variances]) / 2
    return NoiseGrid(np.linalg.inv(np.array(variances)), logs)


@lru_cache(maxsize=8)
def _shelf(count: int) -> _Shelf:
    lengths = [share * count for share in LENGTHS if share * count >= SHORTEST] or [SHORTEST]
    places = sorted(set(np.linspace(0, count, min(PLACES, count) + 1).astype(int).tolist()))
    shapes = [
        Shape(kind, begin, length)
        for begin in range(count - LEAST_DIP)
        for length in lengths
        for kind in (LINE, DECAY)
    ]
    shapes += [
        Shape(DIP, begin, end - begin)
        for begin in places
        for end in places
        if begin + LEAST_DIP <= end <= count - LEAST_DIP
    ]
    columns = np.array([shape.column(count) for shape in shapes]).T
    norms = norms_of(columns)
    falls = np.array([shape.kind != DIP for shape in shapes])
    return _Shelf(tuple(shapes), columns, norms, falls)


def multiplied(left: Array, right: Array) -> Array:
    """The product of two matrices, or of several by one, in parts.

    So small parts make the library below start no threads of its own: on CPUs that are busy, these
    wait for each other thirty times as long as the work takes.
    """
    rows, inner = left.shape[-2:]
    width = max(1, min(SMALL_PRODUCT // (rows * inner), SMALL_COLUMN // inner))
    starts = range(0, max(1, right.shape[1]), width)
    return np.concatenate([left @ right[:, i : i + width] for i in starts], axis=-1)


def norms_of(columns: Array) -> Array:
    """The squares of some columns under each noise, shape (points, columns)."""
    precisions = noise_grid(len(columns)).precisions
    found: Array = (multiplied(precisions, columns) * columns).sum(axis=1)
    return found


@dataclass(frozen=True)
class Added:
    """What one more column makes of a linear model, at each point of the noise (rows).

    Attributes:
        rest: the sum of squares without it, shape (points).
        gained: by how much less it is with it, shape (points, columns).
        sizes: the factors of the columns, shape (points, columns).
        free: the squares of what of the columns the model has not, shape (points, columns).
        first: by how much the model's first factor falls for one unit of size, of that shape.
        factor: the model's first factor without it, shape (points).
        spread: the variance of that factor, in variances of one stretch, shape (points).
        log: half the logarithm of the determinant of the model's information, shape (points).
    """

    rest: Array
    gained: Array
    sizes: Array
    free: Array
    first: Array
    factor: Array
    spread: Array
    log: Array


def add(values: Array, model: Array, columns: Array, norms: Array) -> Added:
    """Fit a linear model, and with it each of some columns.

    Args:
        values: shape (count).
        model: its columns, shape (count, parameters).
        columns: shape (count, columns).
        norms: their squares under each noise, shape (points, columns).
    """
    precisions = noise_grid(len(values)).precisions
    weighted = precisions @ model
    information = model.T @ weighted
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    factors = (inverse @ (weighted.transpose(0, 2, 1) @ values)[:, :, None])[:, :, 0]
    residuals = values - factors @ model.T
    pulled = (precisions @ residuals[:, :, None])[:, :, 0]
    crossed = multiplied(weighted.transpose(0, 2, 1), columns)
    shifted = inverse @ crossed
    free = norms - (crossed * shifted).sum(axis=1)
    known = free > 1e-6 * norms
    free = np.where(known, free, np.inf)
    towards = multiplied(pulled, columns)
    sizes = towards / free
    return Added(
        rest=(residuals * pulled).sum(axis=1),
        gained=sizes * towards,
        sizes=sizes,
        free=free,
        first=shifted[:, 0, :],
        factor=factors[:, 0],
        spread=inverse[:, 0, 0],
        log=np.linalg.slogdet(information)[1] / 2,
    )


def find_shapes(values: Array) -> tuple[Shape, ...]:
    """The dips, and at most one fall, that some rates show, the strongest first.

    Args:
        values: of equal stretches of time, above 0 in the middle; at least 10.
    """
    count = len(values)
    shelf, relative = _shelf(count), values / np.median(values)
    logs, model = noise_grid(count).logs[:, None], np.ones((count, 1))
    penalty = STRICT * PARAMETERS / 2 * math.log(count)
    found: list[Shape] = []
    least = LEAST_SIZE
    allowed = np.ones(len(shelf.shapes), dtype=bool)
    while len(found) < MOST_SHAPES:
        added = add(relative, model, shelf.columns, shelf.norms)
        without = _together(logs - count / 2 * np.log(_above(added.rest))[:, None])
        rest = _above(added.rest[:, None] - added.gained)
        each = logs - count / 2 * np.log(rest)
        scores = _together(each)
        weights = np.exp(each - each.max(axis=0))
        sizes = (weights * added.sizes).sum(axis=0) / weights.sum(axis=0)
        large = np.where(shelf.falls, sizes, -sizes) > least
        scores = np.where(large & allowed, scores, -np.inf)
        best = int(scores.argmax())
        if not scores[best] - without[0] > penalty:
            break
        shape = shelf.shapes[best]
        if shelf.falls[best]:
            # What a coarse fall leaves would be taken for dips.
            shape = _refined(relative, model, shape)
            allowed &= ~shelf.falls
            least = max(LEAST_SIZE, LEAST_OF_FALL * float(sizes[best]))
        found.append(shape)
        model = np.column_stack([model, shape.column(count)])
    return tuple(found)


def _refined(values: Array, model: Array, shape: Shape) -> Shape:
    """The most likely fall around one, of either kind."""
    count = len(values)
    near = [
        Shape(kind, max(0.0, shape.begin + moved), max(SHORTEST, shape.length * factor))
        for kind in (LINE, DECAY)
        for moved in np.arange(-REACH, REACH + 1).tolist()
        for factor in np.geomspace(1 / FACTOR, FACTOR, FACTORS).tolist()
    ]
    columns = np.array([entry.column(count) for entry in near]).T
    logs = noise_grid(count).logs[:, None]
    added = add(values, model, columns, norms_of(columns))
    scores = _together(logs - count / 2 * np.log(_above(added.rest[:, None] - added.gained)))
    return near[int(np.argmax(scores))]


def _above(squares: Array) -> Array:
    """The same, where rounding makes 0 of them the smallest number."""
    found: Array = np.maximum(squares, np.finfo(float).eps)
    return found


def _together(logs: Array) -> Array:
    """The logarithm of the sum over the points of the noise, shape (columns)."""
    most = logs.max(axis=0)
    found: Array = most + np.log(np.exp(logs - most).sum(axis=0))
    return found
