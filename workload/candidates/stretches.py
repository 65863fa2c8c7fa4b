"""What a result's slices tell of the noise within its run. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from perfanalysis.results.document import Document, Level, Slice
from perfanalysis.results.slices import listed
from workload.prediction.passing_noise import Passing, PassingNoise, Stretches, of_stretches

# A stretch ends where the next slice does not follow, and here.
LONGEST_SECONDS = 1.0
# Slices follow each other where what is between them is less than this share of one.
_FOLLOWS = 0.5


def passing_of(document: Document) -> Passing | None:
    """Works out the noise within the run when it is first asked; None: no level has slices."""
    if all(level.slices is None for level in document.levels):
        return None

    @cache
    def found() -> PassingNoise | None:
        noise = document.noise
        memory = None if noise is None else noise.correlation_seconds
        levels = [
            _stretches(_usable(level, document.test_id, number))
            for number, level in enumerate(document.levels)
        ]
        return of_stretches(levels, memory)

    return found


def _usable(level: Level, where: str, number: int) -> Sequence[Slice]:
    """The slices that count; all of them where each was left out, as the level's median has."""
    if level.slices is None:
        return ()
    every = listed(level.slices, where, f"levels[{number}].slices")
    return [one for one in every if not one.excluded] or every


def _stretches(slices: Sequence[Slice]) -> Stretches:
    """Slices that follow each other, put together."""
    rows = [
        (_middle(part), _length(part), sum(one.units for one in part)) for part in _parts(slices)
    ]
    times, seconds, units = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return Stretches(times, seconds, units)


def _middle(part: Sequence[Slice]) -> float:
    begin = part[0].start_seconds
    return math.nan if begin is None else begin + _length(part) / 2


def _parts(slices: Sequence[Slice]) -> Iterator[list[Slice]]:
    part: list[Slice] = []
    for one in slices:
        if part and not (_follows(part[-1], one) and _length(part) < LONGEST_SECONDS):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _follows(before: Slice, one: Slice) -> bool:
    if before.start_seconds is None or one.start_seconds is None:
        return False
    between = one.start_seconds - before.start_seconds - before.duration_seconds
    return abs(between) < _FOLLOWS * before.duration_seconds


def _length(part: Sequence[Slice]) -> float:
    return sum(one.duration_seconds for one in part)
