"""The flags of `loadtest run` that say how it measures."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import click

from loadtest.driving.settings import (
    DEFAULT_LEVELS,
    MOST_SUSTAINED_MINUTES,
    PROFILES,
    SPREADS,
    SUSTAINED_MINUTES,
    Settings,
)
from loadtest.driving.settings_checks import (
    check_max_duration,
    check_precise,
    check_seconds,
    check_sustained,
    check_until_steady,
    parse_levels,
)
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.number_range import NumberRange


@dataclass(frozen=True)
class MeasuringFlags:
    """What was given on the command line; see the help of each flag."""

    levels: str | None
    seconds_per_level: float | None
    profile: str | None
    named_profile: str | None
    spread: str
    ladder: bool | None
    max_duration: float | None
    until_steady: bool
    sustained_minutes: float | None
    nice: int
    seed: int | None

    @property
    def profile_name(self) -> str:
        """The profile that was asked for, by its own flag or by ``--profile``.

        Raises:
            InputError: by both, and not the same.
        """
        if self.profile and self.named_profile and self.profile != self.named_profile:
            raise InputError("--profile", "", f"no --{self.profile} beside it", self.named_profile)
        return self.profile or self.named_profile or "default"

    def settings(self, kernels: int) -> Settings:
        """The settings of a run, checked.

        Args:
            kernels: how many are to be run.

        Raises:
            InputError: a flag is unusable, or does not go with another one.
        """
        profile = self.profile_name
        found = Settings(
            levels=PROFILES[profile].levels if self.levels is None else parse_levels(self.levels),
            profile=profile,
            seconds_per_level=check_seconds(self.seconds_per_level),
            spread=self.spread,
            with_ladder=self.ladder,
            max_duration=self.max_duration,
            nice=self.nice,
            seed=self.seed or secrets.randbelow(1 << 32) + 1,
            until_steady=self.until_steady,
            sustained_minutes=self.sustained_minutes,
        )
        check_until_steady(found, kernels)
        check_sustained(found, kernels)
        check_precise(found)
        check_max_duration(found)
        return found


OPTIONS = (
    click.option(
        "--levels",
        default=None,
        show_default=f"{','.join(map(str, DEFAULT_LEVELS))}; of --profile kinds 100",
        help="Busy levels to hold, percent.",
    ),
    click.option(
        "--seconds-per-level",
        type=DurationRange(),
        default=None,
        help="Wall time of each level, and no further rounds; default: 0.9, and 2.5 at 100 %.",
    ),
    click.option(
        "--quick",
        "profile",
        flag_value="quick",
        help="The whole curve in 5 s, with wider intervals.",
    ),
    click.option(
        "--precise",
        "profile",
        flag_value="precise",
        help="Go on until every interval is within 1 %, for 290 s at most, or --max-duration.",
    ),
    click.option(
        "--profile",
        "named_profile",
        type=click.Choice(tuple(PROFILES)),
        help="kinds: what tells kinds of work apart, all their kernels at 100 % and on one CPU, in "
        "60 s; the others: as the flags of their names.",
    ),
    click.option(
        "--spread",
        type=click.Choice(SPREADS),
        default="all",
        show_default=True,
        help="all: each CPU at the level; packed: that share of the CPUs in full, core by core.",
    ),
    click.option(
        "--ladder/--no-ladder",
        default=None,
        help="Also measure 1, 2, 4 ... workers at full load, cores first, then their threads; "
        "default: with all levels, and not with --quick.",
    ),
    click.option(
        "--max-duration",
        type=DurationRange(),
        help="Time of a kernel after which no further round begins.",
    ),
    click.option(
        "--until-steady",
        is_flag=True,
        help="Then go on at full load until a burstable machine has fallen to its baseline, up to "
        "3600 s or --max-duration.",
    ),
    click.option(
        "--sustained",
        "sustained_minutes",
        type=NumberRange(),
        metavar="[MINUTES]",
        is_flag=False,
        flag_value=SUSTAINED_MINUTES,
        help="Then go on at full load for MINUTES, and say what the machine does for good, beside "
        f"the burst of the levels; {SUSTAINED_MINUTES:g} when no number is given, "
        f"{MOST_SUSTAINED_MINUTES:g} at most.",
    ),
    click.option(
        "--nice",
        type=click.IntRange(-20, 19),
        default=0,
        show_default=True,
        help="Niceness of the workers.",
    ),
    click.option(
        "--seed", type=click.IntRange(min=1), help="Of the quanta's places; default: new."
    ),
)
measuring_flags = grouped("measuring", MeasuringFlags, OPTIONS)
