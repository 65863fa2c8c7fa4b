"""The unit in which a chart's axis has numbers that are read with ease. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class AxisUnit:
    """A unit: its name, and how many of the base unit it has."""

    name: str
    size: float


# Thousands, as makers of disks and networks and ``iostat`` count; of memory it is 1,024.
BYTES_PER_SECOND = (
    AxisUnit("B/s", 1.0),
    AxisUnit("kB/s", 1e3),
    AxisUnit("MB/s", 1e6),
    AxisUnit("GB/s", 1e9),
    AxisUnit("TB/s", 1e12),
)
BYTES = (
    AxisUnit("B", 1.0),
    AxisUnit("KiB", 2.0**10),
    AxisUnit("MiB", 2.0**20),
    AxisUnit("GiB", 2.0**30),
    AxisUnit("TiB", 2.0**40),
)


def fitting(most: float, units: Sequence[AxisUnit]) -> AxisUnit:
    """The largest unit of which the greatest value has one at least, else the smallest.

    Args:
        most: the greatest value, in the base unit.
        units: the smallest first.
    """
    return next((unit for unit in reversed(units) if most >= unit.size), units[0])
