"""Machines that measure themselves every night: how often a portal confirms a regression.

Many years at once in arrays: a test holds each step to ``judging.judge``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfanalysis.estimates import student
from portal.regressions.judging import CHANCE, LEAST_RUNS

Rates = NDArray[np.float64]
Marks = NDArray[np.bool_]
NIGHTS = 30


@dataclass(frozen=True)
class Usual:
    """What is usual of each machine: runs, and mean and spread of their logarithms."""

    count: Rates
    mean: Rates
    variance: Rates


def usual(logs: Rates, counted: Marks) -> Usual:
    """From the runs that count; a row a machine."""
    count = counted.sum(axis=1).astype(np.float64)
    kept = np.where(counted, logs, 0.0)
    with np.errstate(all="ignore"):
        mean = kept.sum(axis=1) / count
        squares = (np.where(counted, logs - mean[:, None], 0.0) ** 2).sum(axis=1)
        return Usual(count, mean, squares / (count - 1))


_BOUNDS = np.array(
    [np.inf, np.inf, *(student.quantile(1 - CHANCE, float(df)) for df in range(1, 2 * NIGHTS))]
)


def low(found: Usual, logs: Rates, drop: float) -> Marks:
    """Whether runs are low, as ``judging.judge`` says it."""
    with np.errstate(all="ignore"):
        t = (found.mean - logs) / np.sqrt(found.variance * (1 + 1 / found.count))
        fallen = 1 - np.exp(logs - found.mean)
    bound = _BOUNDS[np.minimum(found.count.astype(int), len(_BOUNDS) - 1)]
    enough = found.count >= LEAST_RUNS
    return np.asarray(enough & (fallen > drop) & (t >= bound), dtype=np.bool_)


@dataclass
class Found:
    """What came of the nights.

    Attributes:
        nights: on which a machine measured itself.
        suspected: how often a second run was asked for.
        confirmed: how many regressions were confirmed.
        runs: of each machine with one, how many low runs it took from the first one on.
    """

    nights: int = 0
    suspected: int = 0
    confirmed: int = 0


def unchanged(
    random: np.random.Generator,
    machines: int,
    nights: int,
    spread: float,
    *,
    drop: float,
    kind: str,
) -> Found:
    """Nights of machines that do not change.

    Args:
        random: what is drawn from.
        machines, nights: how many.
        spread: standard deviation of the logarithms of runs.
        drop: of the threshold.
        kind: ``normal``; ``outliers``: one run of ten varies three times as much; ``lasting``:
            a run correlates by 0.3 with the one before it, the second one with the first.
    """
    # A night has its run, and where that is low a second one.
    logs, there = np.zeros((machines, 2 * nights)), np.zeros((machines, 2 * nights), dtype=np.bool_)
    slow = np.zeros(machines, dtype=np.bool_)
    known = Usual(np.zeros(machines), np.zeros(machines), np.zeros(machines))
    found, last = Found(), np.zeros(machines)
    for night in range(nights):
        last = drawn(random, last, kind)
        first, at = spread * last, 2 * night
        begin = max(0, at - 2 * NIGHTS)
        fresh = usual(logs[:, begin:at], there[:, begin:at])
        known = Usual(*(np.where(slow, getattr(known, n), getattr(fresh, n)) for n in _FIGURES))
        is_low = low(known, first, drop)
        found.nights += machines
        slow &= is_low
        suspected = is_low & ~slow
        found.suspected += int(suspected.sum())
        again = drawn(random, last, kind)
        last = np.where(suspected, again, last)
        confirmed = suspected & low(known, spread * again, drop)
        found.confirmed += int(confirmed.sum())
        logs[:, at], logs[:, at + 1] = first, spread * again
        slow |= confirmed
        there[:, at], there[:, at + 1] = ~slow, suspected & ~confirmed
    return found


_FIGURES = ("count", "mean", "variance")


def drawn(random: np.random.Generator, last: Rates, kind: str) -> Rates:
    """The next run of each machine, in standard deviations."""
    fresh = random.standard_normal(len(last))
    if kind == "outliers":
        fresh *= np.where(random.random(len(last)) < 0.1, 3.0, 1.0)
    return 0.3 * last + np.sqrt(1 - 0.09) * fresh if kind == "lasting" else fresh


def runs_to_confirm(
    random: np.random.Generator,
    machines: int,
    before: int,
    spread: float,
    slower: float,
    *,
    drop: float,
) -> Rates:
    """Of machines that become slower and stay so, how many runs it takes until that is confirmed.

    Args:
        random: what is drawn from.
        machines: how many.
        before: nights before that.
        spread: standard deviation of the logarithms of runs.
        slower: by which share.
        drop: of the threshold.

    Returns:
        Of each; infinite: not by the tenth run.
    """
    logs = spread * random.standard_normal((machines, before))
    there = np.ones((machines, before), dtype=np.bool_)
    done, suspected = np.full(machines, np.inf), np.zeros(machines, dtype=np.bool_)
    known = usual(logs, there)
    for run in range(1, 11):
        value = np.log(1 - slower) + spread * random.standard_normal(machines)
        fresh = usual(logs[:, -NIGHTS:], there[:, -NIGHTS:])
        known = Usual(
            *(np.where(suspected, getattr(known, n), getattr(fresh, n)) for n in _FIGURES)
        )
        is_low = low(known, value, drop)
        done = np.where(np.isinf(done) & suspected & is_low, run, done)
        suspected = is_low & ~suspected
        logs, there = np.column_stack([logs, value]), np.column_stack([there, np.isinf(done)])
    return done
