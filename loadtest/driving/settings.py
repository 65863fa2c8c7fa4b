"""What was asked of a run, checked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from perfanalysis.errors import InputError
from perfanalysis.estimates.course import LASTING_SECONDS

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
        return f"{self.busy} % busy" if self.workers is None else "one worker"


SINGLE = Target(100, workers=1)


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
    """

    seconds_per_level: float
    full_seconds: float
    single_seconds: float
    goal: float
    limit: float
    budget_seconds: float


PROFILES = {
    # The whole command stays below 15 s and 5 s: starting and writing take half a second.
    "default": Profile(0.9, 2.5, 0.9, goal=0.02, limit=0.15, budget_seconds=14.0),
    "quick": Profile(0.3, 0.5, 0.3, goal=0.05, limit=0.25, budget_seconds=4.3),
    "precise": Profile(2.0, 4.0, 2.0, goal=0.01, limit=0.01, budget_seconds=290.0),
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
    sustained_minutes: float | None = None

    @property
    def plan(self) -> Profile:
        """The profile's times and limits."""
        return PROFILES[self.profile]

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that is measured in each pass: the levels, and the single worker."""
        return (*map(Target, self.levels), SINGLE)

    def round_seconds(self, busy: int) -> float:
        """Wall time of a level's first rounds together."""
        return self.target_seconds(Target(busy))

    def target_seconds(self, target: Target) -> float:
        """Wall time of a target's first rounds together."""
        own = self.seconds_per_level
        if target == SINGLE:
            return self.plan.single_seconds if own is None else min(own, LONGEST_SINGLE_SECONDS)
        if own is not None:
            return own
        return self.plan.full_seconds if target.busy == 100 else self.plan.seconds_per_level

    @property
    def passes(self) -> int:
        """In how many rounds each level is measured at first, one pass over all levels after the
        other: what changes in seconds then meets all levels alike.
        """
        if self.seconds_per_level is None:
            least, most = SHORTEST_ROUND_SECONDS, MOST_PASSES
        else:
            least, most = SHORTEST_LEVEL_SECONDS, MOST_OWN_PASSES
        shortest = min(map(self.target_seconds, self.targets))
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
        usual = self.levels == DEFAULT_LEVELS and self.seconds_per_level is None
        return self.profile if usual and self.spread == "all" else "custom"


def parse_levels(text: str, where: str = "--levels") -> tuple[int, ...]:
    """Read busy levels: ``10,50,100``; they come back ascending.

    Raises:
        InputError: not whole percents from 1 to 100, or one stands there twice.
    """
    expected = "different whole percents from 1 to 100, such as 10,50,100"
    levels = []
    for part in text.split(","):
        if not (part.strip().isascii() and part.strip().isdigit() and 1 <= int(part) <= 100):
            raise InputError(where, "", expected, text)
        levels.append(int(part))
    if len(set(levels)) != len(levels):
        raise InputError(where, "", expected, text)
    return tuple(sorted(levels))


def check_seconds(value: float | None, where: str = "--seconds-per-level") -> float | None:
    """Check the length of a level; None stays None.

    Raises:
        InputError: too short for an interval, too long, or no number.
    """
    if value is None:
        return None
    if not (math.isfinite(value) and SHORTEST_LEVEL_SECONDS <= value <= LONGEST_LEVEL_SECONDS):
        expected = f"seconds from {SHORTEST_LEVEL_SECONDS:g} to {LONGEST_LEVEL_SECONDS:g}"
        raise InputError(where, "", expected, value)
    return value


def check_max_duration(settings: Settings, where: str = "--max-duration") -> None:
    """Refuse a limit that the first rounds alone would exceed.

    Raises:
        InputError: the limit is too low for the levels asked for.
    """
    least = least_seconds(settings)
    limit = settings.max_duration
    if limit is not None and not (math.isfinite(limit) and limit >= least):
        raise InputError(where, "", f"at least {least:.1f} seconds for these levels", limit)


def check_precise(settings: Settings, where: str = "--seconds-per-level") -> None:
    """Refuse a length of the levels with a profile that goes on until it is sure.

    Raises:
        InputError: both were asked for.
    """
    if settings.profile == "precise" and settings.seconds_per_level is not None:
        expected = "no --precise beside it: with it there are no rounds after the first ones"
        raise InputError(where, "", expected, settings.seconds_per_level)


def check_until_steady(settings: Settings, kernel: str, where: str = "--until-steady") -> None:
    """Refuse to wait for the end of the burst with kernels that come after it.

    Raises:
        InputError: all kernels are to be run: the first one spends the others' credit.
    """
    if settings.until_steady and kernel == "all":
        raise InputError(where, "", "one --kernel: the first one spends the credit of the others")


def check_sustained(settings: Settings, kernel: str, where: str = "--sustained") -> None:
    """Refuse minutes at full load that spoil something else, or tell nothing.

    Raises:
        InputError: all kernels are to be run, of which the later ones would find CPUs that are hot
            and credit that is spent; there is --until-steady beside it; or too few minutes, or too
            many.
    """
    minutes = settings.sustained_minutes
    if minutes is None:
        return
    if not LEAST_SUSTAINED_MINUTES <= minutes <= MOST_SUSTAINED_MINUTES:
        expected = f"minutes from {LEAST_SUSTAINED_MINUTES:g} to {MOST_SUSTAINED_MINUTES:g}"
        raise InputError(where, "", expected, minutes)
    if kernel == "all":
        raise InputError(where, "", "one --kernel: the first one heats the CPUs for the others")
    if settings.until_steady:
        raise InputError(
            where, "", "no --until-steady beside it: that goes on for as long as it takes"
        )


def least_seconds(settings: Settings) -> float:
    """Wall time of a run without further rounds, with room for calibration."""
    steady = LEAST_BURST_SECONDS + LASTING_SECONDS if settings.until_steady else 0
    return 2.0 + settings.first_rounds_seconds + steady + settings.sustained_seconds
