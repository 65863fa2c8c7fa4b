"""How busy a machine was between its scrapes, where its exporter looked oftener. Pure.

The exporter's sampler looks up to ten times a second, and counts its looks by how busy the machine
was. A look is a mean over a tenth of a second; of a percentile, the bounds it lies between are
known.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from perfanalysis.promql import Sample


@dataclass(frozen=True)
class Bursts:
    """The looks at one machine.

    Attributes:
        bounds: busy ratios, ascending; the last is infinite.
        shares: of the looks, those at or below each bound, 0..1.
        a_second: how many looks there were in a second.
    """

    bounds: tuple[float, ...]
    shares: tuple[float, ...]
    a_second: float

    def above(self, limit: float) -> float | None:
        """The share of the looks above a limit; None: it is none of the bounds."""
        if limit not in self.bounds:
            return None
        return 1 - self.shares[self.bounds.index(limit)]

    def percentile(self, q: float) -> tuple[float, float]:
        """The bounds between which the percentile ``q`` (0..100) lies, at most 1."""
        place = next(i for i, share in enumerate(self.shares) if share >= q / 100 - 1e-9)
        lower = self.bounds[place - 1] if place else 0.0
        return lower, min(1.0, self.bounds[place])


def bursts(samples: Iterable[Sample]) -> dict[str, Bursts]:
    """By machine, what its looks counted; those without any are left out.

    Args:
        samples: looks a second at or below each bound, which is the label ``le``.
    """
    counted: dict[str, dict[float, float]] = defaultdict(dict)
    for sample in samples:
        bound = float(sample.labels.get("le", "nan"))
        if math.isfinite(sample.value) and not math.isnan(bound):
            counted[sample.labels.get("instance", "")][bound] = sample.value
    found = {}
    for machine, rates in counted.items():
        every = rates.get(math.inf, 0.0)
        if every > 0:
            bounds = tuple(sorted(rates))
            shares = tuple(rates[bound] / every for bound in bounds)
            found[machine] = Bursts(bounds, shares, every)
    return found
