"""In what order levels are measured, and which of them get more rounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from loadtest.levels import Level
from loadtest.settings import LEAST_SLICES, SHORTEST_LEVEL_SECONDS, Settings
from loadtest.steps import Round

# How often a level is tried until it has enough slices for an interval.
MOST_FIRST_ROUNDS = 5


def first_rounds(busy: int, run: Callable[[], Round]) -> Level:
    """A level with enough slices for an interval, where one of a few rounds gives them.

    Workers that were held up for longer than a slice leave too few of them.

    Args:
        busy: of the level, percent.
        run: runs one round of it.
    """
    level = Level(busy, (run(),))
    while len(level.slices) < LEAST_SLICES and len(level.rounds) < MOST_FIRST_ROUNDS:
        level = Level(busy, (*level.rounds, run()))
    return level


def doubt(level: Level) -> float:
    """How much a level needs another round: half its interval's width, as a share of the value.

    Without enough clean slices it needs one most, however narrow the interval of all slices is.
    """
    return level.estimate().relative_half_width if level.enough else math.inf


def measure_levels(
    settings: Settings, run: Callable[[int, float], Round], elapsed: Callable[[], float]
) -> tuple[Level, ...]:
    """Each level in some passes, then further rounds of the most doubtful one while there is time.

    Args:
        settings: of the run.
        run: runs one round of a level (percent) for so many seconds.
        elapsed: seconds since the run began.
    """
    found: dict[int, Level] = {}
    for number in range(settings.passes):
        # There and back again, so that what changes steadily meets all levels alike.
        for busy in settings.levels if number % 2 == 0 else settings.levels[::-1]:
            seconds = settings.round_seconds(busy) / settings.passes
            level = first_rounds(busy, partial(run, busy, seconds))
            before = found[busy].rounds if busy in found else ()
            found[busy] = Level(busy, (*before, *level.rounds))
    while True:
        left = settings.budget - elapsed()
        worst = max(found.values(), key=doubt)
        if doubt(worst) <= settings.plan.goal or left < SHORTEST_LEVEL_SECONDS:
            return tuple(found[busy] for busy in settings.levels)
        seconds = min(left, settings.round_seconds(worst.busy) / settings.passes)
        found[worst.busy] = Level(worst.busy, (*worst.rounds, run(worst.busy, seconds)))
