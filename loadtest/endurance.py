"""Going on at full load until a burstable machine has come down to its baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loadtest.driving import proc_stat
from loadtest.driving.steps import MachineSlice, Round
from perfanalysis.estimates import statistics, steadiness
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.steadiness import Step

# Long beside a slice and a throttling period of the scheduler, short beside a fall.
BIN_SECONDS = 1.0
# Looking for the step after every bin would take the CPUs' time in long runs.
LOOK_EVERY = 5


@dataclass(frozen=True)
class Endurance:
    """Full load without an end in sight, in bins of about a second.

    Attributes:
        bins: in order, at least one.
        step: from burst to baseline; None: it was not seen.
    """

    bins: tuple[Round, ...]
    step: Step | None

    @property
    def slices(self) -> tuple[MachineSlice, ...]:
        """All slices, in the order of time."""
        return tuple(entry for part in self.bins for entry in part.slices)

    @property
    def duration(self) -> float:
        """Wall time of all bins, seconds."""
        return sum(part.duration for part in self.bins)

    def whole(self) -> Estimate | None:
        """The rate over all bins; None: there are too few for an interval."""
        return statistics.estimate([rate(part) for part in self.bins])


def rate(part: Round) -> float:
    """Units per second of wall time over a bin, whatever held the workers up in it.

    A late slice counts for as long as it took.
    """
    seconds = sum(entry.duration for entry in part.slices)
    work = sum(entry.units_per_second * entry.duration for entry in part.slices)
    return work / seconds if seconds > 0 else 0.0


def steal_ratio(bins: tuple[Round, ...]) -> float | None:
    """The share of the CPUs' time that was stolen; None when no time was counted."""
    found = proc_stat.use(sum((part.cpu for part in bins), start=proc_stat.CpuTime(0, 0, 0)))
    return None if found is None else found.steal_ratio


def endure(run: Callable[[], Round], left: Callable[[], float]) -> Endurance:
    """Run bins until the step was seen, or until there is no time left for another.

    Args:
        run: runs one bin at full load.
        left: how many seconds there are.
    """
    bins: list[Round] = []
    rates: list[float] = []
    step = None
    while step is None and (left() >= BIN_SECONDS or not bins):
        bins.append(run())
        rates.append(rate(bins[-1]))
        if len(bins) % LOOK_EVERY == 0:
            step = steadiness.find_step(rates)
    return Endurance(tuple(bins), step or steadiness.find_step(rates))
