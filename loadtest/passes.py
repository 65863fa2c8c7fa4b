"""In what order levels are measured, and which of them get more rounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from loadtest.driving.settings import LEAST_SLICES, SHORTEST_ROUND_SECONDS, Settings
from loadtest.driving.steps import Round
from loadtest.levels import Level

# How often a level is tried until it has enough slices for an interval.
MOST_FIRST_ROUNDS = 5
# How many rounds more a level gets because it was missed; what others took cannot be made good.
MOST_MORE_ROUNDS = 5
# The rate at full load is what machines are compared by: its doubt counts as much as one so many
# times as large at another level.
FULL_LOAD_WEIGHT = 5.0


def first_rounds(busy: int, run: Callable[[], Round], before: Sequence[Round] = ()) -> Level:
    """A level with enough slices for an interval, where one of a few rounds gives them.

    Workers that were held up for longer than a slice leave too few of them.

    Args:
        busy: of the level, percent.
        run: runs one round of it.
        before: its earlier rounds.
    """
    level = Level(busy, (*before, run()))
    most = len(before) + MOST_FIRST_ROUNDS
    while len(level.slices) < LEAST_SLICES and len(level.rounds) < most:
        level = Level(busy, (*level.rounds, run()))
    return level


def in_turn(levels: Sequence[int], number: int, passes: int) -> tuple[int, ...]:
    """The levels in the order of one pass: each begins further on, and goes round.

    So what changes steadily meets all levels alike, and the rounds of one level lie far apart: what
    slows a machine for half a second then meets many levels once, and none twice.
    """
    first = number * len(levels) // passes
    return (*levels[first:], *levels[:first])


def doubt(level: Level, passes: int) -> float:
    """How much a level needs another round: half its interval's width, as a share of the value.

    Without enough clean slices it needs one most, however narrow the interval of all slices is. So
    does one that was missed: short rounds are too few of /proc/stat's hundredths of a second to say
    it surely, and more of them do.

    Args:
        level: measured.
        passes: how many rounds it was given at first.
    """
    again = level.missed and len(level.rounds) < passes + MOST_MORE_ROUNDS
    return math.inf if again or not level.enough else level.estimate().relative_half_width


def measure_levels(
    settings: Settings, run: Callable[[int, float], Round], elapsed: Callable[[], float]
) -> tuple[Level, ...]:
    """Each level in some passes, then further rounds of the most doubtful one while there is time.

    Full load comes before others whose intervals are up to five times as wide.

    Args:
        settings: of the run.
        run: runs one round of a level (percent) for so many seconds.
        elapsed: seconds since the run began.
    """
    found: dict[int, Level] = {}
    for number in range(settings.passes):
        for busy in in_turn(settings.levels, number, settings.passes):
            again = partial(run, busy, settings.round_seconds(busy) / settings.passes)
            before = found[busy].rounds if busy in found else ()
            if number < settings.passes - 1:
                found[busy] = Level(busy, (*before, again()))
            else:
                found[busy] = first_rounds(busy, again, before)
    while True:
        left = settings.budget - elapsed()
        doubts = {busy: doubt(level, settings.passes) for busy, level in found.items()}
        wide = [busy for busy, width in doubts.items() if width > settings.plan.goal]
        if not wide or left < SHORTEST_ROUND_SECONDS:
            return tuple(found[busy] for busy in settings.levels)
        worst = max(wide, key=lambda busy: doubts[busy] * (FULL_LOAD_WEIGHT if busy == 100 else 1))
        seconds = min(left, settings.round_seconds(worst) / settings.passes)
        found[worst] = Level(worst, (*found[worst].rounds, run(worst, seconds)))


def seconds_missing(levels: Sequence[Level], goal: float) -> float:
    """About how much longer the levels must be measured until their intervals are narrow enough.

    An interval narrows with the root of the time that its level was measured for.

    Args:
        levels: measured.
        goal: half the width of an interval, as a share of the value.
    """
    widths = [(level.duration, level.estimate().relative_half_width) for level in levels]
    return sum(seconds * ((width / goal) ** 2 - 1) for seconds, width in widths if width > goal)


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
