"""A busy level: all its rounds, what they say together, and what spoils it. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from loadtest.driving import proc_stat
from loadtest.driving.settings import LEAST_SLICES, Profile
from loadtest.driving.spoiling import STEAL_LIMIT, warm_up_length
from loadtest.driving.steps import MachineSlice, Round
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.estimates import statistics

# A level that was missed by more than this is not the level that was asked for.
BUSY_LIMIT = 0.03
# Other people's share of the CPUs above which a level is spoiled.
OTHERS_LIMIT = 0.03
# Share of the time in which some task of the machine waited for a CPU (PSI) above which others'
# load was there even if it missed our quanta; on a quiet machine it is 1 to 4 %.
PRESSURE_LIMIT = 0.10
# Spoiled slices are left out; when one reason has spoiled half, what is left is hardly quiet.
EXCLUDED_LIMIT = 0.5
# Standard deviations that a share of /proc/stat, which samples, exceeds in one case of twenty.
SURE = 1.645


@dataclass(frozen=True)
class Level:
    """One busy level.

    Attributes:
        busy: asked, percent.
        rounds: in the order in which they were run, at least one.
    """

    busy: int
    rounds: tuple[Round, ...]

    @cached_property
    def slices_of_rounds(self) -> tuple[tuple[MachineSlice, ...], ...]:
        """All slices, round by round, with those that are warm-up marked."""
        settled = [
            entry.undisturbed_units_per_second
            for part in self.rounds
            for entry in part.slices[len(part.slices) // 2 :]
            if not entry.excluded
        ]
        return tuple(_with_warm_up(part.slices, settled) for part in self.rounds)

    @property
    def slices(self) -> tuple[MachineSlice, ...]:
        """All slices, in the order of time."""
        return tuple(entry for entries in self.slices_of_rounds for entry in entries)

    @property
    def clean(self) -> tuple[MachineSlice, ...]:
        """The slices that nothing has spoiled."""
        return tuple(entry for entry in self.slices if not entry.excluded)

    @property
    def enough(self) -> bool:
        """Whether the clean slices alone make an interval."""
        return len(self.clean) >= LEAST_SLICES

    @property
    def rates(self) -> list[float]:
        """Units per second of the slices that the estimate is made of, in the order of time.

        These are the clean slices; when they are too few, all. The time that others took out of
        the quanta is taken off: by the workers' own CPU time it is known, in clean slices too.
        """
        used = self.clean if self.enough else self.slices
        return [entry.undisturbed_units_per_second for entry in used]

    @property
    def rates_of_rounds(self) -> list[int]:
        """How many of ``rates`` each round has."""
        return [
            sum(not entry.excluded or not self.enough for entry in entries)
            for entries in self.slices_of_rounds
        ]

    @property
    def cpu(self) -> proc_stat.CpuTime:
        """What /proc/stat counted on the used CPUs in all rounds, in hundredths of a second."""
        return sum((part.cpu for part in self.rounds), start=proc_stat.CpuTime(0, 0, 0))

    @property
    def use(self) -> proc_stat.CpuUse:
        """What /proc/stat says of the used CPUs over all rounds.

        Raises:
            PerfAnalysisError: it counted no tick.
        """
        found = proc_stat.use(self.cpu)
        if found is None:
            raise PerfAnalysisError(
                f"{proc_stat.PROC_STAT} counted no time during the level {self.busy} %"
            )
        return found

    @property
    def missed(self) -> bool:
        """Whether it is not the level that was asked for.

        Raises:
            PerfAnalysisError: /proc/stat counted no tick.
        """
        return abs(self.use.busy_ratio - self.busy / 100) > BUSY_LIMIT

    @property
    def duration(self) -> float:
        """Wall time of all rounds, seconds."""
        return sum(part.duration for part in self.rounds)

    def estimate(self) -> statistics.Estimate:
        """Units per second of all used CPUs together, and the 95 % interval.

        Raises:
            PerfAnalysisError: there are too few slices, or no work was done.
        """
        return self._estimate

    @cached_property
    def _estimate(self) -> statistics.Estimate:
        found = statistics.estimate(self.rates, self.rates_of_rounds)
        if found is None or found.value <= 0:
            raise PerfAnalysisError(
                f"only {len(self.slices)} slices with work in them at {self.busy} % busy: too few "
                "for an interval"
            )
        return found


def _with_warm_up(
    slices: tuple[MachineSlice, ...], settled: Sequence[float]
) -> tuple[MachineSlice, ...]:
    rates = [entry.undisturbed_units_per_second for entry in slices]
    length = warm_up_length(rates, settled)
    warm_up = (
        replace(entry, excluded=tuple(sorted({*entry.excluded, "warm-up"})))
        for entry in slices[:length]
    )
    return (*warm_up, *slices[length:])


def others_ratio(level: Level, cpus: int) -> float:
    """The share of the used CPUs' time that was busy with other than our own process, 0..1.

    Args:
        level: measured.
        cpus: how many CPUs it used.
    """
    own = sum(part.own_seconds for part in level.rounds) / (level.duration * cpus)
    return max(0.0, level.use.busy_ratio - own)


def surely_above(limit: float, ratio: float, samples: int) -> bool:
    """Whether a share of so many samples is above a limit by more than chance makes of it.

    By the standard deviation of a binomial share; in one case of twenty chance alone says yes.
    """
    return ratio - SURE * math.sqrt(ratio * (1 - ratio) / samples) > limit


def pressure_ratio(level: Level) -> float | None:
    """The share of the time in which some task waited for a CPU; None without PSI."""
    waits = [part.pressure for part in level.rounds if part.pressure is not None]
    if len(waits) != len(level.rounds):
        return None
    return min(1.0, sum(waits) / level.duration)


def spoiled_by(level: Level, cpus: int, profile: Profile) -> list[str]:
    """What spoils a level, one sentence each; empty: nothing does.

    Args:
        level: measured.
        cpus: how many CPUs it used.
        profile: the limit of the interval's width.
    """
    reasons = []
    at = f"at {level.busy} % busy"
    use = level.use
    if use.steal_ratio > STEAL_LIMIT:
        reasons.append(f"steal: {use.steal_ratio:.1%} of the time was stolen {at}")
    if level.missed:
        reasons.append(f"busy level: {level.busy} % was asked, {use.busy_ratio:.1%} was reached")
    others = others_ratio(level, cpus)
    if surely_above(OTHERS_LIMIT, others, level.cpu.total):
        reasons.append(f"other load: other tasks took {others:.1%} of the CPU time {at}")
    pressure = pressure_ratio(level)
    if pressure is not None and pressure > PRESSURE_LIMIT:
        reasons.append(f"pressure: tasks waited for a CPU in {pressure:.1%} of the time {at}")
    reasons += _excluded(level, at)
    width = level.estimate().relative_half_width
    if width > profile.limit:
        reasons.append(
            f"interval: it reaches {width:.1%} from the estimate {at}, more than "
            f"{profile.limit:.0%}"
        )
    return reasons


def _excluded(level: Level, at: str) -> list[str]:
    total = len(level.slices)
    counts = Counter(
        reason for entry in level.slices for reason in entry.excluded if reason != "warm-up"
    )
    reasons = [
        f"{reason}: {count} of {total} slices were spoiled {at}"
        for reason, count in sorted(counts.items())
        if count > EXCLUDED_LIMIT * total
    ]
    if not level.enough and len(level.clean) < (1 - EXCLUDED_LIMIT) * total:
        reasons.append(
            f"clean slices: only {len(level.clean)} of {total} {at}, so that all were used, less "
            "the time that others took"
        )
    return reasons
