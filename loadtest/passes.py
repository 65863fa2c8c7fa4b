"""In what order levels are measured, and how long a run goes on. Pure.

All levels, the single worker among them, are measured in passes: one short round of each, again and
again; the ladder's rungs take part in some of them. Two rounds of one level so lie most of a pass
apart (at least eight others of a usual run's eleven are between them), what changes in seconds
meets all levels alike, and the rounds of all of them sample it densely: that tells how long it
lasts (perfanalysis/estimates/common_noise.py).

Whether a run may end is looked at after passes that are fixed beforehand, each a quarter later than
the one before: whoever looks after every round stops at the first interval that is narrow by luck.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from loadtest.driving.settings import (
    LEAST_SLICES,
    SHORTEST_ROUND_SECONDS,
    Settings,
    Target,
)
from loadtest.driving.steps import Round
from loadtest.estimation import estimate_levels
from loadtest.levels import Level

# How often a level is tried until it has enough slices for an interval.
MOST_FIRST_ROUNDS = 5
# How many rounds more a level gets because it was missed, or has too few clean slices; what others
# took cannot be made good.
MOST_MORE_ROUNDS = 5
# The passes after which is looked at the intervals grow by this factor.
LOOKS = 1.25

Run = Callable[[Target, float], Round]


def first_rounds(target: Target, run: Callable[[], Round], before: Sequence[Round] = ()) -> Level:
    """A level with enough slices for an interval, where one of a few rounds gives them.

    Workers that were held up for longer than a slice leave too few of them.

    Args:
        target: what is held.
        run: runs one round of it.
        before: its earlier rounds.
    """
    level = Level(target.busy, (*before, run()), target.workers)
    most = len(before) + MOST_FIRST_ROUNDS
    while len(level.slices) < LEAST_SLICES and len(level.rounds) < most:
        level = _with_round(level, run())
    return level


def in_turn(targets: Sequence[Target], number: int, passes: int) -> tuple[Target, ...]:
    """The levels in the order of one pass: each begins further on, and goes round.

    So what changes steadily meets all levels alike, and the rounds of one level lie far apart: what
    slows a machine for half a second then meets many levels once, and none twice.
    """
    first = number * len(targets) // passes % len(targets)
    return (*targets[first:], *targets[:first])


def taking_part(settings: Settings, number: int) -> list[Target]:
    """The targets of one pass (from 0) in their order."""
    every = in_turn(settings.targets, number, settings.passes)
    return [target for target in every if settings.takes_part(target, number)]


def lacks(level: Level, passes: int) -> bool:
    """Whether a level needs a round more than others, and has not had too many of them.

    It was missed, or too few of its slices are clean.

    Args:
        level: measured.
        passes: how many all levels had.
    """
    more = len(level.rounds) < passes + MOST_MORE_ROUNDS
    return more and (level.missed or not level.enough)


def widest(levels: Sequence[Level]) -> float:
    """The widest half interval of all levels, as a share of the value.

    Without enough clean slices none is narrow enough, however narrow that of all slices is.
    """
    if not all(level.enough for level in levels):
        return math.inf
    return max(found.relative_half_width for found in estimate_levels(levels).levels)


def measure_levels(settings: Settings, run: Run, elapsed: Callable[[], float]) -> tuple[Level, ...]:
    """Each level and the single worker in some passes, then further passes while there is time.

    Args:
        settings: of the run.
        run: runs one round of a target for so many seconds.
        elapsed: seconds since the run began.

    Returns:
        In the order of ``settings.targets``.
    """
    found: dict[Target, Level] = {}
    for number in range(settings.passes):
        for target in taking_part(settings, number):
            again = partial(run, target, settings.one_round_seconds(target))
            before = found[target].rounds if target in found else ()
            if len(before) + 1 == settings.rounds_of(target):
                found[target] = first_rounds(target, again, before)
            else:
                found[target] = Level(target.busy, (*before, again()), target.workers)
    _go_on(settings, found, run, elapsed)
    return tuple(found[target] for target in settings.targets)


def _go_on(
    settings: Settings, found: dict[Target, Level], run: Run, elapsed: Callable[[], float]
) -> None:
    """Further rounds of what lacks some, and further passes until all intervals are narrow."""
    passes, look = settings.passes, settings.passes
    while (left := settings.budget - elapsed()) >= SHORTEST_ROUND_SECONDS:
        turn = taking_part(settings, passes)
        every = in_turn(settings.targets, passes, settings.passes)
        if lacking := [target for target in every if lacks(found[target], passes)]:
            _rounds(settings, found, run, lacking[:1], left)
            continue
        if passes >= look:
            if widest(tuple(found.values())) <= settings.plan.goal:
                return
            look = max(passes + 1, math.ceil(passes * LOOKS))
        if not _rounds(settings, found, run, turn, left):
            return
        passes += 1


def _rounds(
    settings: Settings, found: dict[Target, Level], run: Run, turn: Sequence[Target], left: float
) -> bool:
    """One round of each, shortened where the time does not suffice; False: not even so."""
    seconds = [settings.one_round_seconds(target) for target in turn]
    part = min(1.0, left / sum(seconds))
    if part < 1 and min(seconds) * part < SHORTEST_ROUND_SECONDS:
        return False
    for target, length in zip(turn, seconds, strict=True):
        found[target] = _with_round(found[target], run(target, length * part))
    return True


def _with_round(level: Level, part: Round) -> Level:
    return Level(level.busy, (*level.rounds, part), level.workers)


def seconds_missing(levels: Sequence[Level], goal: float) -> float:
    """About how much longer the passes must go on until all intervals are narrow enough.

    An interval narrows with the root of the time that is measured for.

    Args:
        levels: measured.
        goal: half the width of an interval, as a share of the value.
    """
    width = max(found.relative_half_width for found in estimate_levels(levels).levels)
    return max(0.0, sum(level.duration for level in levels) * ((width / goal) ** 2 - 1))


def time_reason(missing: float, took: float, goal: float) -> list[str]:
    """What to do about intervals that are too wide, one sentence; none when nothing is missing.

    Args:
        missing: seconds, as ``seconds_missing`` has it.
        took: wall time of the run, seconds.
        goal: half the width of an interval, as a share of the value.
    """
    if missing <= 0:
        return []
    more, whole = (math.ceil(seconds / 10) * 10 for seconds in (missing, took + missing))
    return [
        f"time: at this rate about {more:,} s more would bring every interval within {goal:.0%} "
        f"(--max-duration {whole})"
    ]
