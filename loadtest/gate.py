"""The gate of a comparison: no slower than so much, slower, or unsure. Pure."""

from __future__ import annotations

import enum

from loadtest.comparison import Comparison


class Outcome(enum.Enum):
    """What the interval of the primary figure says of a limit."""

    NO_SLOWER = "no slower"
    SLOWER = "slower"
    UNSURE = "unsure"


def outcome(found: Comparison, percent: float) -> Outcome:
    """Whether the other side is slower than the baseline by more than a limit.

    Where there can be no verdict on the primary figure this is unsure.

    Args:
        found: the comparison.
        percent: the limit, 0 to 100.
    """
    row = found.primary
    lower, upper, limit = row.ratio.lower, row.ratio.upper, 1 - percent / 100
    if row.withheld is not None or lower is None or upper is None:
        return Outcome.UNSURE
    if upper < limit:
        return Outcome.SLOWER
    return Outcome.NO_SLOWER if lower >= limit else Outcome.UNSURE
