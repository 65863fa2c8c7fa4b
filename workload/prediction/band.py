"""A figure of many candidates with its bounds."""

from __future__ import annotations

from dataclasses import dataclass

from workload.prediction.candidate import Floats


@dataclass(frozen=True)
class Band:
    """Values and their bounds, arrays of one shape, the first axis candidates; NaN: unknown."""

    value: Floats
    lower: Floats
    upper: Floats

    def at(self, index: int) -> Band:
        """Of one candidate."""
        return Band(self.value[index], self.lower[index], self.upper[index])
