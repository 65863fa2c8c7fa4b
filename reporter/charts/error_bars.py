"""Intervals of rates as lines at their points."""

from __future__ import annotations

from perfanalysis.estimates.ratios import Rate


def below_and_above(rate: Rate) -> tuple[list[float], list[float]] | None:
    """How far the bounds are, as matplotlib's errorbar takes it; None: no interval is known."""
    known = rate.interval
    if known is None:
        return None
    return [max(0.0, rate.value - known.lower)], [max(0.0, known.upper - rate.value)]
