"""Marks of axes at round multiples of a unit, with as many decimals as tell them apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.ticker import Formatter, MaxNLocator

# A mark a tenth of a millionth of a unit has as many decimals as are readable.
MOST_DIGITS = 7


def decimals(distance: float) -> int:
    """How many decimals numbers have that lie this far apart, such as 1 for 2.5 and for 0.1."""
    for digits in range(MOST_DIGITS):
        if math.isclose(round(distance, digits), distance, rel_tol=1e-6):
            return digits
    return MOST_DIGITS


class InUnits(MaxNLocator):
    """Marks at 1, 2, 2.5 or 5 times a power of ten of a unit.

    Args:
        unit: in the axis's own unit.
    """

    def __init__(self, unit: float) -> None:
        super().__init__(nbins=6, steps=[1, 2, 2.5, 5, 10])
        self._unit = unit

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The marks between two values."""
        return [m * self._unit for m in super().tick_values(vmin / self._unit, vmax / self._unit)]


class Marks(Formatter):
    """The words of marks.

    Args:
        unit: in the axis's own unit.
        form: the words of a mark: of its value, and the decimals that it needs in that unit.
    """

    def __init__(self, unit: float, form: Callable[[float, int], str]) -> None:
        self._unit, self._form, self._digits = unit, form, 0

    def set_locs(self, locs: Sequence[float]) -> None:
        """Take note of where the marks are, which says how far apart they lie."""
        super().set_locs(list(locs))
        apart = [right - left for left, right in pairwise(locs)]
        self._digits = decimals(min(apart) / self._unit) if apart and min(apart) > 0 else 0

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002 - matplotlib's
        """The words of one mark."""
        return self._form(x, self._digits)
