"""A busy level: all its rounds, and whether it is the one that was asked for. Pure."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace
from functools import cached_property

from loadtest.driving import proc_stat
from loadtest.driving.settings import FULL, LEAST_SLICES, Target
from loadtest.driving.spoiling import warm_up_length
from loadtest.driving.steps import MachineSlice, Round
from perfanalysis.errors import PerfAnalysisError

# A level that the workers' own quanta miss by more than this is not the level that was asked for:
# in shares of the CPUs' time, and of the level itself, for which the former is too wide where it is
# low. What /proc/stat counts beside the quanta is background, and judged as such.
BUSY_LIMIT = 0.03
OWN_BUSY_LIMIT = 0.15
# Of the lowest levels this is less than the loop makes room for, see pacing.py.
LEAST_BUSY_LIMIT = 0.015
# At full load the workers' CPU time is the quota, less what watches them takes of it; what else
# there is in their control group must not have taken more.
QUOTA_LIMIT = 0.05
# A slice with less than this share of its level in it says nothing of the level's rate.
LEAST_OWN_SHARE = 0.2
# Standard deviations that a share of /proc/stat, which samples, exceeds in one case of twenty.
SURE = 1.645


@dataclass(frozen=True)
class Level:
    """One busy level, or the single worker.

    Attributes:
        busy: asked, percent of the workers' CPUs.
        rounds: in the order in which they were run, at least one.
        workers: how many took part; None: one on each CPU of the run.
    """

    busy: int
    rounds: tuple[Round, ...]
    workers: int | None = None

    @property
    def target(self) -> Target:
        """What was asked for."""
        return Target(self.busy, self.workers)

    @property
    def quota_share(self) -> float | None:
        """What part of the workers' time a quota allows, 0..1; None: none limits them."""
        return self.rounds[0].quota_share

    @property
    def runs_to_the_quota(self) -> bool:
        """Whether its workers run until a quota stops them."""
        return self.quota_share is not None and self.busy == FULL

    @cached_property
    def slices_of_rounds(self) -> tuple[tuple[MachineSlice, ...], ...]:
        """All slices, round by round, with those that are warm-up marked.

        Warm-up is what the rounds have in common at their beginning. What one of them alone begins
        with is the machine's own change, and leaving it out would make a machine quicker that slows
        down at times.
        """
        settled = [
            entry.undisturbed_units_per_second
            for part in self.rounds
            for entry in part.slices[len(part.slices) // 2 :]
            if not entry.excluded
        ]
        begun = zip(*(part.slices for part in self.rounds if part.slices), strict=False)
        rates = [statistics.median(e.undisturbed_units_per_second for e in row) for row in begun]
        length = warm_up_length(rates, settled)
        return tuple(_with_warm_up(part.slices, length) for part in self.rounds)

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
    def used_of_rounds(self) -> tuple[tuple[MachineSlice, ...], ...]:
        """The slices that the estimate is made of, round by round: the clean ones.

        When they are too few, all.
        """
        return tuple(
            tuple(entry for entry in entries if not entry.excluded or not self.enough)
            for entries in self.slices_of_rounds
        )

    def rate(self, entry: MachineSlice) -> float:
        """Units per second of a slice, had it held just this level.

        The time that others took out of the quanta is taken off: by the workers' own CPU time it is
        known, in clean slices too. And it is the work of each second that the quanta lasted, at the
        level that was asked for: what is held differs from it by the machine's background, which
        /proc/stat counts as busy, and by what cannot be divided; of a level of 10 % both are a
        tenth. At full load under a quota it is the work of each second, however it came about.
        """
        rate, own = entry.undisturbed_units_per_second, entry.busy_ratio
        asked = self.busy / 100
        if self.runs_to_the_quota:
            return entry.units_per_second
        if own is None or own < LEAST_OWN_SHARE * asked:
            return rate
        return rate * asked / own

    @property
    def rates(self) -> list[float]:
        """Units per second of the slices that the estimate is made of, in the order of time."""
        return [self.rate(entry) for entries in self.used_of_rounds for entry in entries]

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
    def reached_ratio(self) -> float:
        """How busy /proc/stat says that the used CPUs were, 0..1; of a quota, as a share of it.

        Raises:
            PerfAnalysisError: it counted no tick.
        """
        return min(1.0, self.use.busy_ratio / (self.quota_share or 1.0))

    @property
    def own_busy_ratio(self) -> float | None:
        """The share of the workers' time, or of what a quota leaves of it, that was their own.

        0..1; None: unknown.
        """
        parts = [
            (entry.busy_ratio, entry.duration)
            for entry in self.slices
            if entry.busy_ratio is not None
        ]
        seconds = sum(duration for _, duration in parts)
        if not seconds > 0:
            return None
        return min(1.0, sum(ratio * length for ratio, length in parts) / seconds)

    @property
    def missed(self) -> bool:
        """Whether it is not the level that was asked for.

        Raises:
            PerfAnalysisError: /proc/stat counted no tick.
        """
        return self.own_missed or self.short

    @property
    def own_missed(self) -> bool:
        """Whether the workers' own quanta were not those of the level."""
        asked, own = self.busy / 100, self.own_busy_ratio
        limit = max(LEAST_BUSY_LIMIT, min(OWN_BUSY_LIMIT * asked, BUSY_LIMIT))
        if self.runs_to_the_quota:
            limit = QUOTA_LIMIT
        return own is not None and abs(own - asked) > limit

    @property
    def short(self) -> bool:
        """Whether /proc/stat surely counted less than the level, or, where that is all, another.

        What a quota leaves to the workers at full load their own CPU time tells better.
        """
        if self.runs_to_the_quota:
            return False
        asked, ticks = self.busy / 100 * (self.quota_share or 1.0), self.cpu.total
        lacking = asked - self.use.busy_ratio
        if self.own_busy_ratio is None:
            lacking = abs(lacking)
        return surely_above(BUSY_LIMIT, lacking, asked, ticks)

    @property
    def duration(self) -> float:
        """Wall time of all rounds, seconds."""
        return sum(part.duration for part in self.rounds)


def _with_warm_up(slices: tuple[MachineSlice, ...], length: int) -> tuple[MachineSlice, ...]:
    warm_up = (
        replace(entry, excluded=tuple(sorted({*entry.excluded, "warm-up"})))
        for entry in slices[:length]
    )
    return (*warm_up, *slices[length:])


def surely_above(limit: float, value: float, sampled: float, samples: int) -> bool:
    """Whether a value is above a limit by more than chance makes of a share that it is made of.

    By the standard deviation of a binomial share; in one case of twenty chance alone says yes.

    Args:
        limit: of the value.
        value: the share, or what it differs by from what is known for sure.
        sampled: the share, 0..1.
        samples: of how many ticks.
    """
    return value - SURE * math.sqrt(sampled * (1 - sampled) / samples) > limit
