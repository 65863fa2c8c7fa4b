"""The course of a rate at full load: steady, fallen in a step or slowly, or not to be told. Pure.

Seconds are put together to at most ninety stretches, each with its median, and a single stretch
far from its neighbours counts as they do: one disturbed second, or three, decide nothing. What
``shapes.find_shapes`` finds in them is one of these:

steady     no fall; dips that ended are what neighbours took, and no part of the rate
step       it fell at once, and has stayed there for two minutes
decay      it fell slowly, and where it ends can be told
unsettled  it fell, and where to cannot be told yet
short      too few seconds

A dip that has not ended looks like a step: a neighbour of less than two minutes is none, one that
stays longer is told from a step by nothing in the rate.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from perfanalysis.estimates.settling import settle
from perfanalysis.estimates.shapes import DECAY, DIP, Array, Shape, find_shapes
from perfanalysis.estimates.statistics import Estimate

STEADY, STEP, SLOW, UNSETTLED, SHORT = "steady", "step", "decay", "unsettled", "short"
FEWEST = 15
MOST_STRETCHES = 90
# Of a long course, in seconds; in a short one there would be too few.
SHORTEST_STRETCH = 3
FEWEST_STRETCHES = 15
# So long a rate must have stayed where it fell to. Neighbours are often gone by then.
LASTING_SECONDS = 120.0
# A fall within so many seconds is a step.
STEP_SECONDS = 10.0
# A slow fall is over, all but a twentieth, after three time constants.
TIME_CONSTANTS = 3
# A level is not known whose interval reaches further: as a share of where the rate was before (of a
# baseline that is a tenth of the burst nobody asks for a two-hundredth), and of itself.
SURE = 0.05
LEAST_SURE = 0.25
# Of the time that may be dips.
MOST_DIPPED = 0.5
# A stretch so far from its neighbours' middle (deviations, share of it) counts as that.
APART, APART_SHARE = 4.0, 0.03
# Steal that makes up so much of a fall explains it.
EXPLAINED = 0.5
# Beside a fall, so many stretches are no dip.
NO_DIP = 3
# How far a measured baseline may lie from that of the type, as a share.
LIKE_THE_TYPE = 0.25
# Clocks fall by no more: from the burst of one core to the base of all.
MOST_OF_CLOCK = 0.4


@dataclass(frozen=True)
class Course:
    """What became of a rate; seconds are from its beginning.

    Attributes:
        kind: ``steady``, ``step``, ``decay``, ``unsettled`` or ``short``.
        level: where it stays; None: that cannot be told.
        first: where it was before it fell; None: it did not.
        fall_start, fall_end: when it fell; None: it did not.
        dips: when it was lower for a while.
        reason: why there is no level, and what would settle it.
    """

    kind: str
    level: Estimate | None = None
    first: Estimate | None = None
    fall_start: float | None = None
    fall_end: float | None = None
    dips: tuple[tuple[float, float], ...] = ()
    reason: str | None = None

    @property
    def fallen(self) -> bool:
        """Whether it fell and where it stays is known."""
        return self.kind in {STEP, SLOW} and self.level is not None


def recognise(
    rates: Sequence[float], stolen: Sequence[float] | None = None, *, burstable: bool | None = None
) -> Course:
    """The course of some rates.

    Args:
        rates: units per second of each second at full load, in order.
        stolen: the share of CPU time that was stolen in each, 0..1; None: unknown.
        burstable: whether the machine holds its speed on credit; None: unknown. One that does not
            and falls as the hypervisor steals has a neighbour, whose end need not be seen.
    """
    course = _of_rates(rates)
    start = course.fall_start
    if course.kind != UNSETTLED or burstable is not False or stolen is None or start is None:
        return course
    if start < FEWEST or not steal_explains(rates, stolen, course):
        return course
    before = _of_rates(rates[: int(start)])
    return replace(before, dips=(*before.dips, (start, float(len(rates)))))


def _of_rates(rates: Sequence[float]) -> Course:
    if len(rates) < FEWEST or not statistics.median(rates) > 0:
        return Course(
            SHORT, reason=f"{len(rates)} s at full load are too few: it takes {FEWEST} at least"
        )
    length = _stretch(len(rates))
    values = smoothed(rates, length)
    if not np.median(values) > 0:
        return Course(UNSETTLED, reason="no work was done in most of the time")
    shapes = find_shapes(values)
    # What does not fill a stretch was left out at the beginning.
    offset = len(rates) - len(values) * length
    dips = tuple(sorted(_times(shape, length, offset) for shape in shapes if shape.kind == DIP))
    found = settle(values, shapes)
    if found.fall is None:
        course = Course(STEADY, found.level, dips=dips)
    else:
        start, end = _times(found.fall, length, offset)
        quick = end - start <= max(STEP_SECONDS, 2 * length)
        kind = STEP if quick else SLOW
        # What a fall is not quite like is no neighbour.
        dips = tuple(
            dip
            for dip in dips
            if dip[1] - dip[0] > NO_DIP * length
            or dip[1] < start - NO_DIP * length
            or dip[0] > end + NO_DIP * length
        )
        course = Course(kind, found.level, found.first, start, end, dips)
    return _told(course, float(len(rates)))


def _stretch(seconds: int) -> int:
    """How many seconds make up a stretch."""
    fewest = max(1, min(SHORTEST_STRETCH, seconds // FEWEST_STRETCHES))
    return max(fewest, math.ceil(seconds / MOST_STRETCHES))


def smoothed(rates: Sequence[float], length: int) -> Array:
    """Medians of stretches of so many seconds; one far from its neighbours is as they are."""
    count = len(rates) // length
    values = np.median(np.reshape(rates[len(rates) - count * length :], (count, length)), axis=1)
    kept: Array = values.copy()
    for i in range(count):
        near = values[max(0, i - 2) : i + 3]
        middle = float(np.median(near))
        deviation = 1.4826 * float(np.median(np.abs(near - middle)))
        if abs(values[i] - middle) > max(APART * deviation, APART_SHARE * middle):
            kept[i] = middle
    return kept


def _times(shape: Shape, length: int, offset: int) -> tuple[float, float]:
    """When a shape begins and ends, seconds."""
    lasts = shape.length * (TIME_CONSTANTS if shape.kind == DECAY else 1)
    start = offset + float(shape.begin) * length
    return start, start + float(lasts) * length


def _told(course: Course, seconds: float) -> Course:
    """The same course, without a level where that cannot be known."""
    reason = _doubt(course, seconds)
    if reason is None:
        return course
    kind = course.kind if course.fall_start is None else UNSETTLED
    return replace(course, kind=kind, level=None, reason=reason)


def _doubt(course: Course, seconds: float) -> str | None:
    """Why a level cannot be known, and what would settle it; None: it can."""
    level, start, end = course.level, course.fall_start, course.fall_end
    dipped = sum(end - start for start, end in course.dips) / seconds
    if dipped > MOST_DIPPED:
        return f"lower for {dipped:.0%} of the time, as beside busy neighbours: run it again"
    if level is None or not level.value > 0:
        return "where the rate ends cannot be told: run it longer"
    width = level.relative_half_width
    before = level.value if course.first is None else max(level.value, course.first.value)
    wide = width > LEAST_SURE or width * level.value > SURE * before
    if start is None or end is None:
        return f"known to {width:.0%} only: run it longer" if wide else None
    if wide:
        more = max(LASTING_SECONDS, end + LASTING_SECONDS - seconds)
        return f"the rate still falls: run it for about {_tens(more)} s more"
    # Of a slow fall from the beginning on, all after it is known to be of it.
    since = seconds - (start if course.kind == SLOW else end)
    if since < LASTING_SECONDS:
        return (
            f"the rate fell {seconds - start:.0f} s before the end: whether it stays there, or a "
            f"neighbour was at work, {_tens(LASTING_SECONDS - since)} s more would tell"
        )
    return None


def _tens(seconds: float) -> int:
    return math.ceil(seconds / 10) * 10


def steal_explains(rates: Sequence[float], stolen: Sequence[float], course: Course) -> bool:
    """Whether the hypervisor took what a fall took.

    Args:
        rates: of each second.
        stolen: the share of CPU time that was stolen in each, 0..1.
        course: of the rates.
    """
    start, end = (
        min(int(part or 0), len(rates) - 1) for part in (course.fall_start, course.fall_end)
    )
    if course.fall_start is None or start < 1:
        return False
    quick, slow = statistics.median(rates[:start]), statistics.median(rates[end:])
    more = statistics.median(stolen[end:]) - statistics.median(stolen[:start])
    return quick > 0 and more >= EXPLAINED * (1 - slow / quick) > 0


def cause(
    rates: Sequence[float],
    stolen: Sequence[float] | None,
    course: Course,
    *,
    burstable: bool | None = None,
    baseline: float | None = None,
) -> str | None:
    """What made a rate fall; None: it did not, or that cannot be told.

    Args:
        rates: of each second.
        stolen: the share of CPU time that was stolen in each, 0..1; None: unknown.
        course: of the rates.
        burstable: whether the machine holds its speed on credit; None: unknown.
        baseline: the share of a CPU that it may then use for good; None: unknown.

    Returns:
        ``credit``: a burstable machine has spent its credit; ``steal``: the hypervisor gives less;
        ``clock``: heat or power limits lower the clock.
    """
    if not course.fallen or course.level is None or course.first is None:
        return None
    left = course.level.value / course.first.value
    if burstable and (baseline is None or abs(left / baseline - 1) <= LIKE_THE_TYPE):
        return "credit"
    if stolen is not None and steal_explains(rates, stolen, course):
        return "steal"
    if stolen is not None and not burstable and left >= 1 - MOST_OF_CLOCK:
        return "clock"
    return None
