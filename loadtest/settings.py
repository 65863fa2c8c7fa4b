"""What was asked of a run, checked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from perfanalysis.errors import InputError

DEFAULT_LEVELS = tuple(range(10, 101, 10))
# Ten levels of this, calibration and the single worker stay below 15 s together.
DEFAULT_SECONDS_PER_LEVEL = 1.25
SLICE_SECONDS = 0.05
# Fewer slices bound no median with 95 % confidence, see statistics.py.
LEAST_SLICES = 6
SHORTEST_LEVEL_SECONDS = 0.3
LONGEST_LEVEL_SECONDS = 3600.0


@dataclass(frozen=True)
class Settings:
    """What one run does.

    Attributes:
        kernel: its name.
        levels: asked busy levels, percent, ascending.
        seconds_per_level: wall time of each.
        period: mean length of a worker's tick, seconds.
        seed: of the ticks' jitter.
    """

    kernel: str = "rmw"
    levels: tuple[int, ...] = DEFAULT_LEVELS
    seconds_per_level: float = DEFAULT_SECONDS_PER_LEVEL
    period: float = 0.01
    seed: int = 1

    @property
    def slices(self) -> int:
        """Slices a level."""
        return max(LEAST_SLICES, round(self.seconds_per_level / SLICE_SECONDS))

    @property
    def profile(self) -> str:
        """``default`` when levels and times are the default ones, else ``custom``."""
        usual = self.levels == DEFAULT_LEVELS
        usual = usual and self.seconds_per_level == DEFAULT_SECONDS_PER_LEVEL
        return "default" if usual else "custom"


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


def check_seconds(value: float, where: str = "--seconds-per-level") -> float:
    """Check the length of a level.

    Raises:
        InputError: too short for an interval, too long, or no number.
    """
    if not (math.isfinite(value) and SHORTEST_LEVEL_SECONDS <= value <= LONGEST_LEVEL_SECONDS):
        expected = f"seconds from {SHORTEST_LEVEL_SECONDS:g} to {LONGEST_LEVEL_SECONDS:g}"
        raise InputError(where, "", expected, value)
    return value
