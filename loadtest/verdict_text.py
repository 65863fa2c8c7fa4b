"""The verdict of a comparison in words. Pure."""

from __future__ import annotations

import math

from loadtest import comparison
from loadtest.comparison import Comparison, Row
from perfanalysis.estimates import ratios
from perfanalysis.estimates.power import detectable, power
from perfanalysis.estimates.ratios import POWER, Ratio

_WITHHELD = {
    comparison.BY_CONDITIONS: "conditions differ",
    comparison.BY_ONE_RUN: "of these two runs only",
    comparison.BY_PRIMARY: "tested only where all primary figures differ",
    comparison.BY_FIGURES: "not more than chance brings among so many figures",
}


def text(row: Row) -> str:
    """The verdict in words, such as ``faster by 3.1 % (2.2 to 4.0)``."""
    ratio = row.ratio
    if ratio.lower is None or ratio.upper is None:
        return "cannot tell, no interval is known"
    if row.verdict == "faster":
        low, high = ratio.lower - 1, ratio.upper - 1
        return f"faster by {ratio.value - 1:.1%} ({low:.1%} to {high:.1%})"
    if row.verdict == "slower":
        low, high = 1 - ratio.upper, 1 - ratio.lower
        return f"slower by {1 - ratio.value:.1%} ({low:.1%} to {high:.1%})"
    found = f"cannot tell ({ratio.lower - 1:+.1%} to {ratio.upper - 1:+.1%}"
    if row.withheld is None:
        return f"{found}), {_more(ratio)} would settle it"
    found += f": {_WITHHELD[row.withheld]})"
    if row.withheld == comparison.BY_ONE_RUN:
        return f"{found}, {_more(ratio)} would settle it"
    return found


def _more(ratio: Ratio) -> str:
    what = "machines" if ratio.basis in {"pairs", "machines"} else "runs"
    of_each = "" if ratio.basis == "pairs" else " of each"
    if ratio.more is None or ratio.more > ratios.MOST_RUNS:
        return f"not even {ratios.MOST_RUNS} more {what}{of_each}"
    least = "at least" if ratio.basis == "slices" else "about"
    return f"{least} {ratio.more} more {what if ratio.more > 1 else what[:-1]}{of_each}"


def seen_share(found: Comparison, percent: float) -> float | None:
    """How often a slow-down of so many percent would have been told from none; None: unknown.

    Args:
        found: the comparison.
        percent: above 0 and below 100.
    """
    if found.unlike:
        return None
    return power(found.primary.ratio, -math.log1p(-percent / 100))


def detectable_percent(found: Comparison, beyond: float = 0.0) -> float | None:
    """The slow-down, in percent, that would have been told in 8 of 10 such comparisons.

    Args:
        found: the comparison.
        beyond: the slow-down, in percent, that it must surely exceed, below 100.

    Returns:
        None: unknown, or not even a slow-down to nothing.
    """
    if found.unlike:
        return None
    least = detectable(found.primary.ratio, -math.log1p(-beyond / 100))
    return None if least is None else -100 * math.expm1(-least)


def power_text(found: Comparison, percent: float | None = None) -> str:
    """What a comparison could have seen, in a sentence.

    Args:
        found: the comparison.
        percent: the slow-down that is asked about; None: none.
    """
    if found.unlike:
        return "what these data would have shown is unknown: their conditions differ"
    least = detectable_percent(found)
    if least is None:
        return "what these data would have shown is unknown: what runs vary by is unknown"
    often = f"in {POWER * 100:.0f} of 100"
    if percent is None or not 0 < percent < 100:
        return f"a difference of {least:.2g} % would have been seen {often}"
    share = math.floor(100 * (seen_share(found, percent) or 0.0))
    beyond = detectable_percent(found, percent) or 100.0
    return (
        f"a difference of {percent:g} % would have been seen in {share} of 100, and one of "
        f"{beyond:.2g} % have been surely above it {often}"
    )
