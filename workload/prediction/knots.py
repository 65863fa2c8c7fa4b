"""Curves as arrays, read forwards and backwards row by row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workload.prediction.candidate import Floats


@dataclass(frozen=True)
class Knots:
    """Curves as rows: ``busy`` and ``units`` of shape (C, K, L), rising along L."""

    busy: Floats
    units: Floats

    @property
    def full(self) -> Floats:
        """(C, K) units per second at full load."""
        full: Floats = self.units[..., -1]
        return full

    def work(self, busy: Floats) -> Floats:
        """Units per second at busy ratios of shape (Q,): (C, K, Q).

        Above 1, as of CPUs that were added, work goes on in proportion.
        """
        inside = np.minimum(busy, 1.0)
        wanted = np.broadcast_to(inside, self._shape(inside))
        return _between(self.busy, self.units, wanted) * np.maximum(busy, 1.0)

    def busy_for(self, units: Floats) -> Floats:
        """Busy ratios for units per second of shape (C or 1, K, Q): (C, K, Q).

        Above 1 as a multiple of the machine. Where work does not rise, the lowest level counts.
        """
        wanted = np.broadcast_to(units, self._shape(units))
        inside = _between(self.units, self.busy, wanted)
        full = self.full[..., None]
        return np.where(wanted > full, wanted / full, inside)

    def along(self, values: Floats, busy: Floats) -> Floats:
        """Values that stand at the knots (C, K, L), at busy ratios (Q,) or (C, K, Q)."""
        inside = np.minimum(busy, 1.0)
        return _between(self.busy, values, np.broadcast_to(inside, self._shape(inside)))

    def _shape(self, values: Floats) -> tuple[int, ...]:
        return (*self.busy.shape[:2], values.shape[-1])


def _between(x: Floats, y: Floats, wanted: Floats) -> Floats:
    """Linear interpolation row by row: x, y of shape (C, K, L), wanted (C, K, Q), all x from 0 on.

    The knot before the first one that is not below decides, so that the left end of a flat counts.
    """
    last = x.shape[-1] - 1
    # Small numbers are added up quicker.
    place = np.ones(wanted.shape, dtype=np.uint16)
    for knot in range(1, last):
        place += x[..., knot, None] < wanted
    rows = np.arange(x[..., 0].size).reshape(*x.shape[:-1], 1) * x.shape[-1]
    right = rows + place
    left = right - 1
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    x0, x1, y0, y1 = flat_x[left], flat_x[right], flat_y[left], flat_y[right]
    width = x1 - x0
    share = np.divide(wanted - x0, width, out=np.zeros(wanted.shape), where=width > 0)
    share = np.minimum(share, 1.0)
    # Exact at both ends, and NaN where a knot is.
    found: Floats = np.where(share == 1.0, y1, y0 + (y1 - y0) * share) + 0 * (x1 + wanted)
    return found
