"""A source and the candidates that its work may go to: busy ratios of one to those of all. Pure.

demand = work of the source at its busy ratio; busy ratio there = what its own curve needs for it.
Of a mix each kernel's part is carried by its own curves and weighs by its share of the source's CPU
time. Without a mix the answer is the middle of all kernels, and its bounds are those of the kernel
that needs least and of the one that needs most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workload.prediction.band import Band
from workload.prediction.candidate import Floats
from workload.prediction.carrying import Carried, Carrying
from workload.prediction.curve_table import CurveTable

# Beside the bends of the source's own curves. Bends of candidates between two of these cost less
# than three thousandths of a machine (test_pairing.py), of curves as those with SMT are; where the
# last level of a curve rises next to nothing, some hundredths about full load.
_REGULAR = np.linspace(0.0, 1.0, 25)
# What is less than this above a whole number is rounding.
_HAIR = 1e-6


@dataclass(frozen=True)
class Pairing:
    """Carries one source's work to many candidates (C).

    Attributes:
        source: (1, K) its curves.
        table: (C, K) curves of the candidates.
        mix: shares by kernel, of sum 1; empty: unknown.
        same: (C,) which candidate is the source itself: there the answer is what was seen.
        limit: how busy a candidate may be, 0 to 1.
        packed: how much of the work stands on few CPUs, 0 to 1.
    """

    source: CurveTable
    table: CurveTable
    mix: Mapping[str, float]
    same: NDArray[np.bool_]
    limit: float
    packed: float = 0.0

    @cached_property
    def points(self) -> Floats:
        """(G,) busy ratios of the source, from 0 to 1, at which ``curves`` are known."""
        known = self.source.busy[np.isfinite(self.source.busy)]
        return np.unique(np.concatenate([_REGULAR, known]))

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """(C,) of which candidates the CPU time can be told."""
        return np.isfinite(self._middle).all(axis=1) | self.same

    @cached_property
    def curves(self) -> Band:
        """(C, G) busy ratios of the candidates at ``points``."""
        value, lower, upper = (one.busy for one in self._carried)
        return Band(value, lower, upper)

    @cached_property
    def full(self) -> Band:
        """(C,) the busy ratio of the source at which each candidate is full.

        Above 1 in proportion, where the source's full load leaves room; NaN: unknown.
        """
        curves = self.curves
        return Band(*(self._crossing(one) for one in (curves.value, curves.lower, curves.upper)))

    def busy(self, busy: Floats, upper: Floats | None = None) -> Band:
        """Busy ratios of the candidates, (C, Q), for those of the source, (Q,).

        Args:
            busy: of the source; above 1, as of CPUs that were added, in proportion.
            upper: what it may have been at most, where an interval hides bursts.
        """
        return self._at([one.busy for one in self._carried], busy, upper)

    def machines(self, busy: float, upper: float) -> Band:
        """(C,) how many of each candidate carry the work, none busier than the limit.

        Args:
            busy: ratio of the source.
            upper: what it may have been at most.
        """
        at, most = np.array([busy]), np.array([upper])
        need = self._at([one.need for one in self._carried], at, most)
        there = self.busy(at, most)
        pairs = zip(
            (need.value, need.lower, need.upper),
            (there.value, there.lower, there.upper),
            strict=True,
        )
        return Band(*(self._whole(one[:, 0], seen[:, 0]) for one, seen in pairs))

    def one_cpu(self, busiest: float) -> Floats:
        """(C,) how busy the work of the source's busiest CPU keeps one there; NaN: unknown."""
        ratio = self.source.single / self.table.single
        parts = np.where(self._middle > 0, self._middle * ratio, 0.0).sum(axis=1)
        known = np.isfinite(self._middle).all(axis=1)
        return np.where(self.same, busiest, np.where(known, busiest * parts, np.nan))

    def _crossing(self, rows: Floats) -> Floats:
        """(C,) where rows (C, G) of busy ratios reach 1."""
        points = self.points
        place = np.clip((rows <= 1).sum(axis=1), 1, len(points) - 1)
        every = np.arange(len(rows))
        low, high = rows[every, place - 1], rows[every, place]
        step = points[place] - points[place - 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = points[place - 1] + (1 - low) / (high - low) * step
            beyond = 1 / rows[:, -1]
        return np.where(np.isnan(rows[:, -1]), np.nan, np.where(rows[:, -1] > 1, inside, beyond))

    def _whole(self, need: Floats, busy: Floats) -> Floats:
        """Whole machines; whether one is enough, its own curve says."""
        several = np.maximum(2.0, np.ceil(need - _HAIR))
        found = np.where(busy <= self.limit + _HAIR, 1.0, several)
        return np.where(np.isnan(busy), np.nan, found)

    def _at(self, curves: list[Floats], busy: Floats, upper: Floats | None) -> Band:
        most = busy if upper is None else upper
        value, lower = (self._between(one, busy) for one in curves[:2])
        return Band(value, lower, self._between(curves[2], most))

    def _between(self, rows: Floats, busy: Floats) -> Floats:
        """(C, Q) between the points of (C, G)."""
        inside = np.minimum(busy, 1.0)
        right = np.clip(np.searchsorted(self.points, inside), 1, len(self.points) - 1)
        left = right - 1
        share = (inside - self.points[left]) / (self.points[right] - self.points[left])
        found: Floats = rows[:, left] * (1 - share) + rows[:, right] * share
        return found * np.fmax(busy, 1.0)

    @cached_property
    def _carried(self) -> tuple[Carried, Carried, Carried]:
        """(C, G) each: the value, and the bounds over all that they are made of."""
        value = self._carrying(self.packed, self._middle).value(self.points, self.limit)
        lower = upper = value
        for carrying in self._bounding:
            low, high = carrying.bounds(self.points, self.limit)
            lower = Carried(np.fmin(lower.busy, low.busy), np.fmin(lower.need, low.need))
            upper = Carried(np.fmax(upper.busy, high.busy), np.fmax(upper.need, high.need))
        own = Carried(self.points, self.points / self.limit)
        same = self.same[:, None]
        value, lower, upper = (
            Carried(np.where(same, own.busy, one.busy), np.where(same, own.need, one.need))
            for one in (value, lower, upper)
        )
        return value, lower, upper

    @cached_property
    def _both(self) -> NDArray[np.bool_]:
        return (self.table.machines > 0) & (self.source.machines > 0)

    @cached_property
    def _middle(self) -> Floats:
        """(C, K) shares of kernels of which the value is made; NaN where it cannot be."""
        both = self._both
        if self.mix:
            share = np.array([self.mix.get(name, 0.0) for name in self.table.kernels])
            able = (both | (share == 0)).all(axis=1)
            return np.where(able[:, None], share, np.nan)
        count = both.sum(axis=1, keepdims=True)
        return np.where(count > 0, both / np.maximum(count, 1), np.nan)

    @property
    def _bounding(self) -> Iterator[Carrying]:
        """All that the bounds are made of: kernels, and how work may stand on CPUs."""
        single = np.isfinite(self.source.single).any() and np.isfinite(self.table.single).any()
        for packed in sorted({self.packed, 1.0} if single else {self.packed}):
            for shares in self._alternatives():
                yield self._carrying(packed, shares)

    def _alternatives(self) -> Iterator[Floats]:
        if self.mix:
            yield self._middle
            return
        for k, one in enumerate(np.eye(len(self.table.kernels))):
            yield np.where(self._both[:, [k]], one, np.nan)

    def _carrying(self, packed: float, weights: Floats) -> Carrying:
        return Carrying.of(self.source, self.table, weights, packed)
