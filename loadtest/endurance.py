"""Full load behind the levels: for some minutes, or until the fall from burst to baseline."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from loadtest.driving import proc_stat
from loadtest.driving.steps import MachineSlice, Round
from loadtest.levels import Level, surely_above
from loadtest.spoiled_levels import OTHERS_LIMIT, others_ratio
from perfanalysis.estimates import course as courses
from perfanalysis.estimates import statistics
from perfanalysis.estimates.course import LASTING_SECONDS, Course
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.machines.facts.burstable import Credit

# Long beside a slice and a throttling period of the scheduler, short beside a fall.
BIN_SECONDS = 1.0
# A baseline is far below the burst: 5 to 60 % of it on the types that clouds sell.
LEAST_FALL = 0.10
# A fall to more than this many times the type's baseline is not that of its credit.
MOST_OF_BASELINE = 1.5
# Looking for the fall after every bin would take the CPUs' time in long runs.
LOOK_EVERY = 10
LOOKS = 1.1


@dataclass(frozen=True)
class Endurance:
    """Full load for a long time, in bins of about a second.

    Attributes:
        bins: in order, at least one.
        course: what became of the rate.
        credit: what is known of the machine's.
    """

    bins: tuple[Round, ...]
    course: Course
    credit: Credit

    @property
    def slices(self) -> tuple[MachineSlice, ...]:
        """All slices, in the order of time."""
        return tuple(entry for part in self.bins for entry in part.slices)

    @property
    def duration(self) -> float:
        """Wall time of all bins, seconds."""
        return sum(part.duration for part in self.bins)

    @property
    def at_baseline(self) -> bool:
        """Whether it has fallen from burst to baseline."""
        return at_baseline(self.course, self.credit)

    @property
    def cause(self) -> str | None:
        """What made the rate fall; None: it did not, or that cannot be told."""
        return courses.cause(
            _rates(self.bins),
            _stolen(self.bins),
            self.course,
            burstable=self.credit.burstable,
            baseline=self.credit.baseline,
        )

    def whole(self) -> Estimate | None:
        """The rate over all bins; None: there are too few for an interval."""
        return statistics.estimate(_rates(self.bins))

    def others_ratio(self, cpus: int) -> float | None:
        """The share of the used CPUs' time that other tasks took; None: no time was counted."""
        level = Level(100, self.bins)
        return None if proc_stat.use(level.cpu) is None else others_ratio(level, cpus)

    def told(self, cpus: int) -> Course:
        """The course as a machine's own: what other tasks on it took is no part of that.

        Args:
            cpus: how many the run used.
        """
        others = self.others_ratio(cpus)
        if others is None:
            return self.course
        level = Level(100, self.bins)
        if not surely_above(OTHERS_LIMIT, others, level.use.busy_ratio, level.cpu.total):
            return self.course
        reason = f"other tasks took {others:.1%} of the CPU time: run it on a quiet machine"
        return replace(self.course, level=None, reason=reason)


def rate(part: Round) -> float:
    """Units per second of wall time over a bin, whatever held the workers up in it.

    A late slice counts for as long as it took.
    """
    seconds = sum(entry.duration for entry in part.slices)
    work = sum(entry.units_per_second * entry.duration for entry in part.slices)
    return work / seconds if seconds > 0 else 0.0


def steal_ratio(bins: Sequence[Round]) -> float | None:
    """The share of the CPUs' time that was stolen; None when no time was counted."""
    found = proc_stat.use(sum((part.cpu for part in bins), start=proc_stat.CpuTime(0, 0, 0)))
    return None if found is None else found.steal_ratio


def at_baseline(course: Course, credit: Credit) -> bool:
    """Whether a course is that from burst to baseline: a lower clock alone is not."""
    if not course.fallen or course.level is None or course.first is None:
        return False
    left = course.level.value / course.first.value
    known = credit.baseline
    return left <= 1 - LEAST_FALL and (known is None or left <= MOST_OF_BASELINE * known)


def endure(run: Callable[[], Round], left: Callable[[], float], credit: Credit) -> Endurance:
    """Run bins until there is no time left for another.

    Args:
        run: runs one bin at full load.
        left: how many seconds there are.
        credit: what is known of the machine's.
    """
    return _bins(run, left, credit, lambda _: False)


def until_steady(run: Callable[[], Round], left: Callable[[], float], credit: Credit) -> Endurance:
    """Run bins until the fall to the baseline was seen, or until there is no time left."""
    look = int(LASTING_SECONDS)

    def seen(bins: Sequence[Round]) -> bool:
        nonlocal look
        if len(bins) < look:
            return False
        look = max(len(bins) + LOOK_EVERY, math.ceil(len(bins) * LOOKS))
        return at_baseline(_course(bins, credit), credit)

    return _bins(run, left, credit, seen)


def _bins(
    run: Callable[[], Round],
    left: Callable[[], float],
    credit: Credit,
    ends: Callable[[Sequence[Round]], bool],
) -> Endurance:
    bins = [run()]
    while not ends(bins) and left() >= BIN_SECONDS / 2:
        bins.append(run())
    return Endurance(tuple(bins), _course(bins, credit), credit)


def _course(bins: Sequence[Round], credit: Credit) -> Course:
    return courses.recognise(_rates(bins), _stolen(bins), burstable=credit.burstable)


def _rates(bins: Sequence[Round]) -> list[float]:
    return [rate(part) for part in bins]


def _stolen(bins: Sequence[Round]) -> list[float] | None:
    """The stolen share of each bin; None: in one of them no time was counted."""
    found = [steal_ratio([part]) for part in bins]
    known = [share for share in found if share is not None]
    return known if len(known) == len(found) else None
