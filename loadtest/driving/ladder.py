"""The worker ladder: which numbers of workers are measured at full load. Pure.

One worker, two, four and so on up to one on every core, then further threads of the cores, doubled
again, up to all CPUs of the run. One worker and all of them are measured anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence

# Wall time that the rungs between may add to a run's first rounds, seconds.
MOST_SECONDS = 2.0
# Of more, some of the lowest are left out: 2, 8, 32 ... in place of 2, 4, 8, 16, 32.
MOST_RUNGS = 6
# Rounds of a rung in these: six slices at least make an interval.
LEAST_ROUNDS = 2


def between(cores: Sequence[int]) -> tuple[int, ...]:
    """The numbers of workers between one and all, ascending.

    Args:
        cores: of each CPU of the run.
    """
    every, single = len(cores), len(set(cores))
    found = {every, single}
    for first, last in ((1, single), (single, every)):
        rung = first
        while rung < last:
            found.add(rung)
            rung *= 2
    rungs = sorted(found - {1, every})
    place = 1
    while len(rungs) > MOST_RUNGS:
        del rungs[place]
        place += 1
    return tuple(rungs)


def rounds(rungs: int, passes: int, seconds: float) -> int:
    """In how many of the first passes each rung takes part.

    Args:
        rungs: how many there are.
        passes: how many there are at first.
        seconds: of one round.
    """
    most = max(LEAST_ROUNDS, int(MOST_SECONDS / (rungs * seconds)))
    return max(1, min(passes, most))


def takes_part(place: int, rungs: int, number: int, part: float) -> bool:
    """Whether a rung takes part in a pass: spread evenly over them, and not all in the same ones.

    Args:
        place: of the rung, from 0.
        rungs: how many there are.
        number: of the pass, from 0.
        part: in what share of the passes it takes part.
    """
    offset = place / rungs
    return int((number + 1) * part + offset) > int(number * part + offset)
