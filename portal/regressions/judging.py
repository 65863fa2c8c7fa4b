"""Whether a run is below what is usual, and what follows of it. Pure.

The statistics are those of `loadtest compare` for several runs against one (Student's t on the
logarithms, ``perfanalysis.estimates.ratios``) with the bounds of the alert LoadTestRegression: a
run is low when it is below the mean of at least seven earlier runs by more than a threshold, and by
more than 2.5 standard deviations of a normal distribution. One low run is a suspicion; the next run
confirms it, or has it withdrawn. A test holds the bounds to those of the alert.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from portal.records.regressions import ACCEPTED, CONFIRMED, OVER, SUSPECTED, WITHDRAWN

DEVIATIONS = 2.5
LEAST_RUNS, MOST_RUNS = 7, 100
LEAST_DROP, MOST_DROP = 0.01, 0.9
# Earlier runs are those of so long before.
WITHIN = timedelta(days=30)
# How often chance alone brings a run as low as that.
CHANCE = 1 - statistics.NormalDist().cdf(DEVIATIONS)


@dataclass(frozen=True)
class Run:
    """A valid run under full conditions.

    Attributes:
        at: when it was measured.
        rate: work units per second at full load, above 0.
    """

    at: datetime
    rate: float


@dataclass(frozen=True)
class Spell:
    """A regression that was confirmed: from its first low run to its last one, and its state."""

    first_at: datetime
    last_at: datetime
    state: str


@dataclass(frozen=True)
class Judged:
    """A run against earlier ones.

    Attributes:
        runs: how many earlier ones.
        usual: their geometric mean, work units per second.
        drop: how far it is below that, as a share of it; negative: above.
        p_value: how often chance brings one as low.
        low: whether that is more than the threshold, and more than chance.
    """

    runs: int
    usual: float
    drop: float
    p_value: float
    low: bool


def earlier(runs: Iterable[Run], before: datetime, spells: Sequence[Spell]) -> list[float]:
    """The rates that tell what is usual before a moment.

    Runs of a confirmed regression do not: else a machine that stays slow would be the usual one.
    Where somebody has accepted one, it is the other way round: what was before it is over.

    Args:
        runs: of one machine and kernel under the same conditions.
        before: the moment, of the run that is judged.
        spells: confirmed regressions of these.
    """
    since = before - WITHIN
    for spell in spells:
        if spell.state == ACCEPTED and spell.first_at < before:
            since = max(since, spell.first_at)
    slow = [spell for spell in spells if spell.state in {CONFIRMED, OVER}]
    return [
        run.rate
        for run in runs
        if since <= run.at < before
        and not any(spell.first_at <= run.at <= spell.last_at for spell in slow)
    ]


def judge(rates: Sequence[float], rate: float, *, drop: float, least_runs: int) -> Judged | None:
    """Hold a run against earlier ones.

    Args:
        rates: of the earlier runs, above 0.
        rate: of the run.
        drop: from which share on it is low.
        least_runs: how many earlier ones there must be.

    Returns:
        None: there are too few.
    """
    if len(rates) < max(least_runs, LEAST_RUNS):
        return None
    known = [Rate(value, None) for value in rates]
    found = ratios.compare([known], [[Rate(rate, None)]])
    both = found.p_value
    assert both is not None
    chance = both / 2 if found.value < 1 else 1 - both / 2
    fallen = 1 - found.value
    usual = math.exp(statistics.fmean(map(math.log, rates)))
    return Judged(len(rates), usual, fallen, chance, fallen > drop and chance <= CHANCE)


def following(state: str | None, *, low: bool) -> str | None:
    """The state after a run.

    Args:
        state: ``suspected``, ``confirmed``, or None: nothing is open.
        low: of the run.
    """
    if state is None:
        return SUSPECTED if low else None
    if state == SUSPECTED:
        return CONFIRMED if low else WITHDRAWN
    return CONFIRMED if low else OVER
