"""What was asked of a run, checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loadtest.driving import ladder
from loadtest.driving.quota import Quota
from perfanalysis.estimates.course import LASTING_SECONDS

FULL = 100
DEFAULT_LEVELS = tuple(range(10, 101, 10))
SPREADS = ("all", "packed")
# Fewer slices bound no median with 95 % confidence, see levels.py.
LEAST_SLICES = 6
SHORTEST_LEVEL_SECONDS = 0.3
# So many slices of some 40 ms.
SHORTEST_ROUND_SECONDS = 0.12
MOST_PASSES = 7
# A level with a length of its own is to be held as exactly as can be: /proc/stat counts in
# hundredths of a second, and each round begins and ends within one.
MOST_OWN_PASSES = 3
LONGEST_LEVEL_SECONDS = 3600.0
# The single worker's first rounds together, when the levels have a length of their own.
LONGEST_SINGLE_SECONDS = 2.0
# Most types have spent a full credit after this time at full load, if not all.
UNTIL_STEADY_SECONDS = 3600.0
# Of full load, until clocks and credit are those of hours; and what a fall takes to be judged.
SUSTAINED_MINUTES = 5.0
LEAST_SUSTAINED_MINUTES, MOST_SUSTAINED_MINUTES = 0.5, 120.0
# No fall is looked for in less burst.
LEAST_BURST_SECONDS = 10.0


@dataclass(frozen=True)
class Target:
    """What one level of a run holds.

    Attributes:
        busy: percent of the workers' CPUs.
        workers: how many take part; None: one on each CPU of the run.
    """

    busy: int
    workers: int | None = None

    def __str__(self) -> str:
        """The level as messages have it."""
        if self.workers is None:
            return f"{self.busy} % busy"
        return "one worker" if self.workers == 1 else f"{self.workers} workers"


SINGLE = Target(FULL, workers=1)


@dataclass(frozen=True)
class Profile:
    """How long a run measures, and what it calls good.

    Attributes:
        seconds_per_level: wall time of each level's first round.
        full_seconds: the same of 100 %, which is the figure that machines are compared by.
        single_seconds: wall time of the single worker's first rounds.
        goal: half the width of an interval, as a share of the value; when all are within it, there
            are no further passes.
        limit: the same width above which the result is not valid.
        budget_seconds: no further round begins after this wall time.
        levels: busy levels, percent, where none are asked for.
        total_seconds: of all kernels together; None: no limit.
    """

    seconds_per_level: float
    full_seconds: float
    single_seconds: float
    goal: float
    limit: float
    budget_seconds: float
    levels: tuple[int, ...] = DEFAULT_LEVELS
    total_seconds: float | None = None


# All kernels that tell kinds of work apart, in a minute.
KINDS_OF_WORK = "kinds"
PROFILES = {
    # The whole command stays below 15 s and 5 s: starting and writing take half a second.
    "default": Profile(0.9, 2.5, 0.9, goal=0.02, limit=0.15, budget_seconds=14.0),
    "quick": Profile(0.3, 0.5, 0.3, goal=0.05, limit=0.25, budget_seconds=4.3),
    "precise": Profile(2.0, 4.0, 2.0, goal=0.01, limit=0.01, budget_seconds=290.0),
    KINDS_OF_WORK: Profile(
        0.3,
        0.5,
        0.3,
        goal=0.05,
        limit=0.25,
        budget_seconds=2.6,
        levels=(100,),
        total_seconds=60.0,
    ),
}


@dataclass(frozen=True)
class Settings:
    """What one run does.

    Attributes:
        kernel: its name.
        levels: asked busy levels, percent, ascending.
        profile: a name of ``PROFILES``.
        seconds_per_level: wall time of each level's first rounds; None: the profile's. With a time
            of its own a level gets no further rounds.
        spread: ``all`` or ``packed``, see pacing.py.
        max_duration: no further round begins when its end would be later than this, seconds.
        nice: the workers' niceness.
        seed: of the places of the quanta.
        until_steady: goes on at full load until the fall from burst to baseline was seen.
        with_ladder: whether to measure the worker ladder; None: in whole curves that have the time.
        ladder: its numbers of workers between one and all, see ladder.py.
        quota: of the control group; None: it has no limit.
        sustained_minutes: goes on at full load for so long; None: it does not.
    """

    kernel: str = "rmw"
    levels: tuple[int, ...] = DEFAULT_LEVELS
    profile: str = "default"
    seconds_per_level: float | None = None
    spread: str = "all"
    max_duration: float | None = None
    nice: int = 0
    seed: int = 1
    until_steady: bool = False
    with_ladder: bool | None = None
    ladder: tuple[int, ...] = ()
    quota: Quota | None = None
    sustained_minutes: float | None = None

    @property
    def plan(self) -> Profile:
        """The profile's times and limits."""
        return PROFILES[self.profile]

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that is measured: the levels, the ladder's rungs, and the single worker."""
        return (*map(Target, self.levels), *self.rungs, SINGLE)

    @property
    def wants_ladder(self) -> bool:
        """Whether the ladder is to be measured: ``--quick`` has no time for it."""
        if self.with_ladder is not None:
            return self.with_ladder
        whole = self.levels == DEFAULT_LEVELS and self.seconds_per_level is None
        return whole and self.profile != "quick"

    @property
    def rungs(self) -> tuple[Target, ...]:
        """Those of the ladder."""
        return tuple(Target(FULL, workers) for workers in self.ladder)

    def limiting(self, workers: int) -> Quota | None:
        """The quota, where it limits so many workers; else None."""
        quota = self.quota
        return None if quota is None or quota.share(workers) is None else quota

    def round_seconds(self, busy: int) -> float:
        """Wall time of a level's first rounds together."""
        return self.target_seconds(Target(busy))

    def target_seconds(self, target: Target) -> float:
        """Wall time of a target's first rounds together."""
        return round(self.one_round_seconds(target) * self.rounds_of(target), 9)

    def one_round_seconds(self, target: Target) -> float:
        """Wall time of each round of a target."""
        asked = self._whole_seconds(target) / self.passes
        quota = self.quota if target.workers is None else self.limiting(target.workers)
        if target.busy < FULL or quota is None:
            return asked
        return max(asked, quota.least_seconds)

    def _whole_seconds(self, target: Target) -> float:
        """Wall time of the rounds of a target that takes part in all first passes."""
        own = self.seconds_per_level
        if target.workers is not None:
            return self.plan.single_seconds if own is None else min(own, LONGEST_SINGLE_SECONDS)
        if own is not None:
            return own
        return self.plan.full_seconds if target.busy == FULL else self.plan.seconds_per_level

    def rounds_of(self, target: Target) -> int:
        """In how many of the first passes a target takes part."""
        if target not in self.rungs:
            return self.passes
        return ladder.rounds(len(self.ladder), self.passes, self.one_round_seconds(target))

    def takes_part(self, target: Target, number: int) -> bool:
        """Whether a target has a round in a pass (from 0)."""
        if target not in self.rungs:
            return True
        place, part = self.rungs.index(target), self.rounds_of(target) / self.passes
        return ladder.takes_part(place, len(self.ladder), number, part)

    @property
    def passes(self) -> int:
        """In how many rounds each level is measured at first, one pass over all levels after the
        other: what changes in seconds then meets all levels alike.
        """
        if self.seconds_per_level is None:
            least, most = SHORTEST_ROUND_SECONDS, MOST_PASSES
        else:
            least, most = SHORTEST_LEVEL_SECONDS, MOST_OWN_PASSES
        shortest = min(map(self._whole_seconds, self.targets))
        return max(1, min(most, math.floor(shortest / least + 1e-9)))

    @property
    def first_rounds_seconds(self) -> float:
        """Wall time of the first rounds of all levels and of the single worker."""
        return sum(map(self.target_seconds, self.targets))

    @property
    def budget(self) -> float:
        """Wall time after which no further round begins; 0 when there are no further rounds."""
        if self.seconds_per_level is not None:
            return 0.0
        limit = self.plan.budget_seconds
        if self.max_duration is not None:
            limit = self.max_duration - self.sustained_seconds
        # What goes on until it is sure may be given more time; not that of the wait for the fall.
        longer = self.profile == "precise" and not self.until_steady
        return limit if longer else min(limit, self.plan.budget_seconds)

    @property
    def steady_seconds(self) -> float:
        """Wall time after which the fall to the baseline is waited for no longer."""
        return self.max_duration or UNTIL_STEADY_SECONDS

    @property
    def sustained_seconds(self) -> float:
        """Wall time at full load behind the levels, with ``--sustained``; else 0."""
        return 60 * (self.sustained_minutes or 0.0)

    @property
    def profile_name(self) -> str:
        """The profile's name when nothing else was asked for, else ``custom``."""
        usual = self.levels == self.plan.levels and self.seconds_per_level is None
        return self.profile if usual and self.spread == "all" else "custom"


def on_cpus(settings: Settings, cores: Sequence[int], quota: Quota | None) -> Settings:
    """What was asked for, on the CPUs that there are; no ladder where the time is too short for it.

    Args:
        settings: what was asked for.
        cores: of the CPUs of the run.
        quota: of the control group; None: it has no limit.
    """
    found = replace(settings, quota=quota)
    if not settings.wants_ladder:
        return found
    longer = replace(found, ladder=ladder.between(cores))
    limit = settings.max_duration
    return longer if limit is None or limit >= least_seconds(longer) else found


def least_seconds(settings: Settings) -> float:
    """Wall time of a run without further rounds, with room for calibration."""
    steady = LEAST_BURST_SECONDS + LASTING_SECONDS if settings.until_steady else 0
    return 2.0 + settings.first_rounds_seconds + steady + settings.sustained_seconds
