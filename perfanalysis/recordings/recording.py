"""A recording in memory: what a machine did over time, each series as a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.exposition.families import FamilyType, SeriesIdentity

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recording:
    """What one machine did.

    Attributes:
        machine: its name; "": unknown.
        times: Unix seconds of the ticks, rising; shape (ticks,).
        columns: values of each series, shape (ticks,); NaN at ticks that have none. Counters are as
            they stood, with their resets.
        types: of the families, by the names of their samples.
    """

    machine: str
    times: Floats
    columns: Mapping[SeriesIdentity, Floats]
    types: Mapping[str, FamilyType]

    @property
    def step(self) -> float:
        """Seconds between neighbouring ticks, by the median; NaN with fewer than two."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else float("nan")

    def of(self, name: str, **labels: str) -> dict[SeriesIdentity, Floats]:
        """The columns of a metric whose labels are these, or have these among them."""
        wanted = labels.items()
        return {
            series: column
            for series, column in self.columns.items()
            if series.name == name and wanted <= dict(series.labels).items()
        }
