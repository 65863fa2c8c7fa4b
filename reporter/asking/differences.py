"""How the samples of counters become ratios and rates: by differences of neighbouring ones. Pure.

The one rule of the report. A sample's value is the mean over the span since the sample before it.
A span tells nothing where samples are missing in it, where a counter fell (a restart), and where
CPU time grew by far more than usual: CPUs came, or a machine is stored under old and new labels at
once for some minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.promql import Floats

# Of so many times the usual distance from one sample to the next, something is missing.
GAP = 1.5
# CPUs can do no more: of so many times the usual CPU time in a second, it is not theirs alone.
_TOO_MUCH = 1.5
# Samples on each side that tell what is usual: scrape intervals and CPUs change within a range.
# Another number needs another ``_medians_of_five``.
_NEIGHBOURS = 5
# Counters are sums of numbers with two decimals: what fell by less has not fallen.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Samples:
    """The samples of one quantity, as they came.

    Attributes:
        times: (n,) Unix seconds, ascending; machines that were scraped together share one array.
        values: (n,) the mean over the span since the sample before; NaN: it tells nothing.
    """

    times: Floats
    values: NDArray[np.float32]


def ratio(times: Floats, part: Floats, rest: Floats) -> Samples:
    """What ``part`` is of both, from sample to sample.

    Args:
        times: (n,) Unix seconds, ascending.
        part: (n,) a counter, such as busy CPU seconds.
        rest: (n,) a counter of the same unit, such as all other CPU seconds.
    """
    new = _new(part + rest)
    times, part, rest = times[new], part[new], rest[new]
    seconds, own, other = np.diff(times), np.diff(part), np.diff(rest)
    every = own + other
    # Of sums of many counters, some may be read a moment before others.
    whole = without_gaps(seconds) & (own >= -_ROUNDING) & (other >= -_ROUNDING) & (every > 0)
    speed = every / seconds
    whole &= speed <= _TOO_MUCH * usual(np.where(whole, speed, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.clip(own / every, 0.0, 1.0)
    return _samples(times, np.where(whole, values, np.nan))


def rate(times: Floats, counter: Floats) -> Samples:
    """How much a counter grows a second, from sample to sample.

    Args:
        times: (n,) Unix seconds, ascending, of samples and not of when they were asked for.
        counter: (n,) in its own unit.
    """
    seconds, grown = np.diff(times), np.diff(counter)
    whole = without_gaps(seconds) & (grown >= 0)
    return _samples(times, np.where(whole, grown / seconds, np.nan))


def share(times: Floats, part: Floats, whole: Floats) -> Samples:
    """What a counter's growth is of another's, from sample to sample; NaN where that stood still.

    Args:
        times: (n,) Unix seconds, ascending, of samples and not of when they were asked for.
        part: (n,) a counter, such as throttled periods.
        whole: (n,) a counter that has it, such as all periods.
    """
    seconds, own, every = np.diff(times), np.diff(part), np.diff(whole)
    known = without_gaps(seconds) & (own >= 0) & (every > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _samples(times, np.where(known, own / every, np.nan))


def gauge(times: Floats, values: Floats) -> Samples:
    """What a gauge says: each sample stands for the span since the one before.

    Args:
        times: (n,) Unix seconds, ascending.
        values: (n,) in their own unit.
    """
    known = np.isfinite(values)
    times, values = times[known], values[known]
    return _samples(times, np.where(without_gaps(np.diff(times)), values[1:], np.nan))


def without_gaps(seconds: Floats) -> NDArray[np.bool_]:
    """Which of the spans from one sample to the next have nothing missing in them."""
    return seconds <= GAP * usual(seconds)


def usual(numbers: Floats) -> Floats:
    """What is usual where each of these numbers stands.

    It is the greater of the medians of the five before and the five behind: a single one that is
    off does not change it, and a scrape interval that was changed does.

    Args:
        numbers: (n,) in a row; NaN is left out.
    """
    if len(numbers) <= 2 * _NEIGHBOURS:
        known = numbers[np.isfinite(numbers)]
        return np.full(len(numbers), np.median(known) if len(known) else np.nan)
    if np.isnan(numbers).any():
        having = np.flatnonzero(np.isfinite(numbers))
        if not len(having):
            return numbers
        nearest = np.clip(np.searchsorted(having, np.arange(len(numbers))), 0, len(having) - 1)
        numbers = numbers[having[nearest]]
    medians = _medians_of_five(numbers)
    places = np.arange(len(numbers))
    before = medians[np.clip(places - _NEIGHBOURS, 0, len(medians) - 1)]
    behind = medians[np.clip(places + 1, 0, len(medians) - 1)]
    found: Floats = np.maximum(before, behind)
    return found


def _medians_of_five(numbers: Floats) -> Floats:
    """The medians of each five in a row: (n,) to (n - 4,).

    By comparing whole rows, which takes a tenth of the time of ``np.median`` over windows.
    """
    a, b, c, d, e = (numbers[at : len(numbers) - 4 + at] for at in range(5))
    low = np.maximum(np.minimum(a, b), np.minimum(c, d))
    high = np.minimum(np.maximum(a, b), np.maximum(c, d))
    # What is left out of these three is no median: one below two, and one above two.
    least, most = np.minimum(low, high), np.maximum(low, high)
    found: Floats = np.maximum(least, np.minimum(most, e))
    return found


def _new(counter: Floats) -> NDArray[np.bool_]:
    """Which points are samples of their own: CPU time goes on, so that the same is the same."""
    return np.concatenate((np.ones(min(1, len(counter)), bool), np.diff(counter) != 0))


def _samples(times: Floats, values: Floats) -> Samples:
    """Values of all samples but the first, before which there is none."""
    first = np.full(min(1, len(times)), np.nan)
    return Samples(times, np.concatenate((first, values)).astype(np.float32))
