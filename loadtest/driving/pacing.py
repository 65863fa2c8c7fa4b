"""How a busy level is laid out in time and over the CPUs, and how it is held. Pure.

/proc/stat samples at the kernel's timer tick who runs, unless the kernel was built for full CPU
accounting. A quantum of work that is a whole number of ticks long is counted right wherever it
lies, so cycles are chosen to hold such quanta.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.machines.cpu_order import core_by_core

# No name in Python's time module; include/uapi/linux/time.h.
CLOCK_MONOTONIC_COARSE = 6
SLICE_SECONDS = 0.05
# A rest shorter than this is not slept precisely; a cycle longer than this makes too few slices.
SHORTEST_REST = 0.001
LONGEST_CYCLE = 0.1
# What the loop makes room for: our own overhead and a quiet machine's background. A larger load is
# other people's; chasing it would change the measured work.
ROOM = 0.01
# But no more than this share of the level, or the lowest levels would have no work in them.
ROOM_SHARE = 0.5
# /proc/stat counts in hundredths of a second: its first readings say little, so what earlier rounds
# found counts as much as this time of the present one. A reading's error falls with its length, and
# its weight grows with the square of that.
PRIOR_SECONDS = 1.0
# The most by which a level is changed to catch up, as a share of it: below the slices' own spread.
CATCH_UP = 0.02


def tick_seconds() -> float:
    """The length of the kernel's timer tick: the resolution of its coarse clock."""
    return time.clock_getres(CLOCK_MONOTONIC_COARSE)


@dataclass(frozen=True)
class Rhythm:
    """Lengths of a step's parts, seconds: each slice holds whole cycles."""

    cycle: float
    slice: float


def rhythm(share: float, tick: float, longest_slice: float) -> Rhythm:
    """The cycles and slices for a worker that is busy for some share of the time.

    Args:
        share: above 0, up to 1.
        tick: length of the kernel's tick, seconds.
        longest_slice: seconds; a quantum is shorter than a tick where it must be.
    """
    if share >= 1:
        return Rhythm(min(SLICE_SECONDS, longest_slice), min(SLICE_SECONDS, longest_slice))
    ticks = max(1, math.ceil(SHORTEST_REST * share / (1 - share) / tick))
    cycle = min(ticks * tick / share, LONGEST_CYCLE, longest_slice)
    count = max(1, min(round(SLICE_SECONDS / cycle), math.floor(longest_slice / cycle)))
    return Rhythm(cycle, count * cycle)


def shares(
    busy: int, cores: Sequence[int], spread: str, quota_share: float | None = None
) -> list[float]:
    """How busy each worker is (0..1).

    Args:
        busy: percent of all workers' time together, or of what a quota leaves of it.
        cores: of each worker's CPU.
        spread: ``all``: each at that level; ``packed``: as many in full as that makes, one with
            the rest, and the others idle; both threads of a core are filled before the next core.
        quota_share: what part of the workers' time a quota is, 0..1; None: none limits them. At
            full load they go on until they are stopped.
    """
    workers = len(cores)
    if busy == 100:
        return [1.0] * workers
    share = 1.0 if quota_share is None else quota_share
    if spread == "all":
        return [busy / 100 * share] * workers
    # In hundredths of a CPU, where the sum is exact without a quota.
    left = busy * workers * share
    result = [0.0] * workers
    for place in core_by_core(cores):
        part = min(100, left)
        left -= part
        result[place] = part / 100
    return result


@dataclass(frozen=True)
class Held:
    """How a round stands.

    Attributes:
        elapsed, remaining: seconds.
        duty: mean busy share that our workers were asked for so far, 0..1 of all CPUs.
        measured: what /proc/stat has counted so far, 0..1 of the same CPUs.
        prior: what earlier rounds found to be counted beyond the workers' quanta; None: there were
            none.
    """

    elapsed: float
    remaining: float
    duty: float
    measured: float
    prior: float | None


def bias(held: Held) -> float:
    """What is counted as busy beyond our workers' quanta, cut to what the loop makes room for."""
    known = PRIOR_SECONDS if held.prior is not None else PRIOR_SECONDS / 2
    weight = held.elapsed**2 / (held.elapsed**2 + known**2)
    found = weight * (held.measured - held.duty) + (1 - weight) * (held.prior or 0.0)
    return max(-ROOM, min(ROOM, found))


def next_duty(asked: float, held: Held) -> float:
    """The busy share to ask of the workers next, so that the whole round meets what was asked.

    Args:
        asked: 0..1.
        held: how the round stands.
    """
    extra = min(bias(held), ROOM_SHARE * asked)
    missed = (asked - held.duty - extra) * held.elapsed / max(held.remaining, 0.1)
    limit = CATCH_UP * asked
    return max(0.0, min(1.0, asked - extra + max(-limit, min(limit, missed))))


def redistribute(planned: Sequence[float], duty: float) -> list[float]:
    """The workers' shares for a corrected duty: only those that are partly busy are changed.

    Args:
        planned: the shares as ``shares`` gave them.
        duty: wanted mean of all, 0..1.
    """
    partial = [share for share in planned if 0 < share < 1]
    if not partial:
        return list(planned)
    change = (duty * len(planned) - sum(planned)) / len(partial)
    return [max(0.0, min(1.0, s + change)) if 0 < s < 1 else s for s in planned]
