"""Work of given shares of kernels, carried by curves from a source to candidates. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workload.prediction.candidate import Floats
from workload.prediction.curve_table import CurveTable
from workload.prediction.knots import Knots
from workload.prediction.spreads import half_widths


@dataclass(frozen=True)
class Carried:
    """What work at some busy ratios of the source is on candidates: (C, Q) each.

    Attributes:
        busy: busy ratios; above 1 as a multiple of the machine.
        need: how many machines it takes at the limit that was asked for, with a fraction.
    """

    busy: Floats
    need: Floats


@dataclass(frozen=True)
class Carrying:
    """See ``of``; only kernels that have a share are in it.

    Attributes:
        source, table: (1, K) and (C, K) what was measured.
        here, there: their curves.
        weights: (C, K) shares of the source's CPU time; NaN in a row: it cannot be told.
    """

    source: CurveTable
    table: CurveTable
    here: Knots
    there: Knots
    weights: Floats

    @classmethod
    def of(cls, source: CurveTable, table: CurveTable, weights: Floats, packed: float) -> Carrying:
        """For work of which so much (0 to 1) stands on few CPUs."""
        used = np.flatnonzero(np.nansum(weights, axis=0) > 0)
        source, table = source.of(used), table.of(used)
        here = Knots(source.busy, source.units(packed))
        there = Knots(table.busy, table.units(packed))
        # A row is known as a whole, or not at all.
        known = np.isfinite(weights).all(axis=1, keepdims=True)
        return cls(source, table, here, there, np.where(known, weights[:, used], np.nan))

    def value(self, busy: Floats, limit: float) -> Carried:
        """What is most likely; as of ``bounds``."""
        if not self.weights.shape[1]:
            return self._nothing(busy)
        demand = self.here.work(busy)
        need = demand / self.there.work(np.array([limit]))
        return self._mixed(self.there.busy_for(demand), need)

    def bounds(self, busy: Floats, limit: float) -> tuple[Carried, Carried]:
        """Both bounds of the 95 % interval.

        Args:
            busy: (Q,) ratios of the source.
            limit: how busy a candidate may be, 0 to 1, where machines are counted.
        """
        if not self.weights.shape[1]:
            return self._nothing(busy), self._nothing(busy)
        demand = self.here.work(busy)
        each = self.there.busy_for(demand)
        most = self.there.work(np.array([limit]))
        half = self._half(busy, each)[:, None]
        lower, upper = (
            self._mixed(self.there.busy_for(moved), moved / most)
            for moved in (demand * np.exp(-half), demand * np.exp(half))
        )
        return lower, upper

    def _nothing(self, busy: Floats) -> Carried:
        unknown = np.full((len(self.weights), len(busy)), np.nan)
        return Carried(unknown, unknown)

    def _mixed(self, busy: Floats, need: Floats) -> Carried:
        """(C, Q) of (C, K, Q) each; NaN where a kernel of the mix is unknown."""
        if self.weights.shape[1] == 1:
            # One kernel alone has all.
            known = self.weights * 0
            return Carried(busy[:, 0] + known, need[:, 0] + known)
        shares = self.weights[..., None]
        both = (np.where(shares == 0, 0.0, shares * one).sum(axis=1) for one in (busy, need))
        return Carried(*both)

    def _half(self, busy: Floats, each: Floats) -> Floats:
        """(C, Q) half of the 95 % interval of the logarithm of the work there over that here."""
        parts = np.where(self.weights[..., None] > 0, self.weights[..., None] * each, 0.0)
        whole = parts.sum(axis=1, keepdims=True)
        # Where nothing was done, each kernel's share says as much as any other.
        share = np.broadcast_to(np.nan_to_num(self.weights)[..., None], parts.shape)
        parts = np.divide(parts, whole, out=share.copy(), where=whole > 0)
        own = half_widths(self.source, parts, self.here.along(self.source.noise, busy))
        other = half_widths(self.table, parts, self.there.along(self.table.noise, each))
        return np.hypot(own, other)
