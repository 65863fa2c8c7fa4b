"""Machines made from a few numbers, for tests of the analysis and the pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfanalysis.promql import Floats
from reporter.analysis.observed import Observed
from reporter.asking.machines import Curve, LoadTest, Machine

BUSY = np.array([50.0, 100.0])


def machine(name: str, most: float, price: float | None, spread: float = 0.01) -> Machine:
    """A machine whose curve is a straight line; ``spread`` is half of its intervals, as a share."""
    units = np.array([most / 2, most])
    curve = Curve(BUSY, units, units * (1 - spread), units * (1 + spread), BUSY / 100, np.zeros(2))
    test = LoadTest(
        "t",
        1000.0,
        True,
        curve.at(100),
        most / 2,
        curve,
        full=True,
        kernel_version="1",
        profile="default",
    )
    worth = test.max.divided_by(price) if price and test.max else None
    return Machine(name, "aws", instance_type=name, price=price, test=test, units_per_dollar=worth)


def spans(values: Floats, seconds: float = 60.0, first: float = 0.0) -> Observed:
    """What was observed in spans of one length that follow each other.

    Args:
        values: of the spans.
        seconds: the length of each.
        first: the end of the first one.
    """
    count = len(values)
    return Observed(first + seconds * np.arange(count), np.full(count, seconds), values, seconds)


def at_two_speeds(made: Machine, mean: float) -> Machine:
    """The same machine, the mean of which is a share of its median."""
    test = made.test
    assert test
    curve = test.curve
    units, lower, upper = (mean * part for part in (curve.units, curve.lower, curve.upper))
    means = replace(curve, units=units, lower=lower, upper=upper)
    return replace(made, test=replace(test, means=means, speeds=(0.82, 0.3)))
