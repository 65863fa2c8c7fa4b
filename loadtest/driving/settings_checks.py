"""What may not be asked of a run: levels, lengths and flags that contradict each other."""

from __future__ import annotations

import math

from loadtest.driving.settings import (
    LEAST_SUSTAINED_MINUTES,
    LONGEST_LEVEL_SECONDS,
    MOST_SUSTAINED_MINUTES,
    SHORTEST_LEVEL_SECONDS,
    Settings,
    least_seconds,
)
from perfanalysis.errors import InputError


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


def check_until_steady(settings: Settings, kernels: int, where: str = "--until-steady") -> None:
    """Refuse to wait for the end of the burst with kernels that come after it.

    Raises:
        InputError: several kernels are to be run: the first one spends the others' credit.
    """
    if settings.until_steady and kernels > 1:
        raise InputError(where, "", "one --kernel: the first one spends the credit of the others")


def check_sustained(settings: Settings, kernels: int, where: str = "--sustained") -> None:
    """Refuse minutes at full load that spoil something else, or tell nothing.

    Raises:
        InputError: several kernels are to be run, of which later ones would find CPUs that are hot
            and credit that is spent; there is --until-steady beside it; or too few minutes, or too
            many.
    """
    minutes = settings.sustained_minutes
    if minutes is None:
        return
    if not LEAST_SUSTAINED_MINUTES <= minutes <= MOST_SUSTAINED_MINUTES:
        expected = f"minutes from {LEAST_SUSTAINED_MINUTES:g} to {MOST_SUSTAINED_MINUTES:g}"
        raise InputError(where, "", expected, minutes)
    if kernels > 1:
        raise InputError(where, "", "one --kernel: the first one heats the CPUs for the others")
    if settings.until_steady:
        raise InputError(
            where, "", "no --until-steady beside it: that goes on for as long as it takes"
        )
