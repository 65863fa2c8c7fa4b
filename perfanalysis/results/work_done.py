"""The work that a machine did at a level, which is what its money buys. Pure.

That is the mean of the rates: with 30 % of the time 18 % slower the median is 5.4 % above it. The
median compares machines. Curves of other programs, and results from before there were means, have
one rate a level: it is taken for the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.results.document import Document, Level


@dataclass(frozen=True)
class Work:
    """Units per second, or those for each dollar an hour, with the bounds that are known."""

    value: float
    lower: float | None
    upper: float | None

    def over(self, price: float) -> Work:
        """For each dollar an hour of a price above 0."""
        bounds = (None if part is None else part / price for part in (self.lower, self.upper))
        return Work(self.value / price, *bounds)

    @property
    def known(self) -> tuple[float, ...]:
        """The value, then the bounds where there are any."""
        parts = (self.value, self.lower, self.upper)
        return tuple(part for part in parts if part is not None)


def of_level(level: Level, *, mean: bool = True) -> Work:
    """The work of a level.

    Args:
        level: of a document.
        mean: False: by its median all the same.
    """
    if mean and level.mean_units_per_second is not None:
        return Work(level.mean_units_per_second, level.mean_lower, level.mean_upper)
    return Work(level.units_per_second, level.lower, level.upper)


def all_have_means(documents: Sequence[Document]) -> bool:
    """Whether the means of several documents at full load can be held against each other."""
    full = [document.full for document in documents]
    return all(level is None or level.mean_units_per_second is not None for level in full)
