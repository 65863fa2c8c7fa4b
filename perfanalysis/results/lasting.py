"""The work that a machine of a burstable type may do for good, which is what its price buys. Pure.

Beyond its baseline such a machine spends credit, and when that is spent it stops, or more is paid
(AWS: "unlimited", from which a machine never falls, and which costs 0.05 dollars a CPU-hour beside
the price). So its burst, divided by the price, is not what an hour buys.
"""

from __future__ import annotations

from typing import NamedTuple

from perfanalysis.results import work_done
from perfanalysis.results.document import Document, Interval

MEASURED, TYPE = "measured", "type"


class Baseline(NamedTuple):
    """Units per second for good.

    Attributes:
        value: the rate.
        lower, upper: bounds of its 95 % interval; None: unknown.
        source: ``measured``: its fall was seen; ``type``: the work at full load, times the share
            of a CPU that the provider states for the type.
    """

    value: float
    lower: float | None
    upper: float | None
    source: str


def baseline(document: Document, *, mean: bool = True) -> Baseline | None:
    """What a burstable machine does for good; None: it is none, or that is unknown.

    Args:
        document: of a run.
        mean: False: what its type says is taken of the median.
    """
    part, seen = document.until_steady, document.sustained
    rate, bounds = document.sustained_units_per_second, document.sustained_interval
    if part is not None and part.steady and part.baseline_units_per_second is not None:
        return Baseline(
            part.baseline_units_per_second, part.baseline_lower, part.baseline_upper, MEASURED
        )
    if seen is not None and seen.cause == "credit" and rate is not None:
        return _with(rate, bounds, 1.0, MEASURED)
    full, share = document.full, document.machine.baseline_ratio
    if full is None or share is None or not share > 0 or document.machine.burstable is not True:
        return None
    work, known = work_done.of_level(full, mean=mean), None
    if work.lower is not None and work.upper is not None:
        known = Interval(lower=work.lower, upper=work.upper)
    return _with(work.value, known, share, TYPE)


def _with(rate: float, bounds: Interval | None, share: float, source: str) -> Baseline:
    lower, upper = (None, None) if bounds is None else (bounds.lower * share, bounds.upper * share)
    return Baseline(rate * share, lower, upper, source)
