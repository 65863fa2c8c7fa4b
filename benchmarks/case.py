"""What a benchmark is made of: a case, its figures, their goals, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.statistics import is_bounded, median, ratio_of_medians
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.estimates.statistics import Estimate


class PeerMissingError(PerfAnalysisError):
    """What a case compares with is not on this machine; the text says what, and how to get it."""


@dataclass(frozen=True)
class Settings:
    """What a case is told.

    Args:
        folder: an empty folder for its files and logs; removed afterwards.
        quick: whether to look only whether it works; such results are not kept.
        say: tells the person who waits what is going on.
    """

    folder: Path
    quick: bool
    say: Callable[[str], None]


@dataclass(frozen=True)
class Goal:
    """A figure's bounds, both inclusive, and how people write them."""

    text: str
    maximum: float
    minimum: float = 0.0

    def verdict(self, estimate: Estimate) -> str:
        """``met`` or ``not met``; ``cannot tell`` when the interval reaches over a bound.

        Without an interval the value alone decides.
        """
        lower, upper = estimate.value, estimate.value
        if is_bounded(estimate):
            lower, upper = estimate.lower, estimate.upper
        if self.minimum <= lower and upper <= self.maximum:
            return "met"
        if upper < self.minimum or lower > self.maximum:
            return "not met"
        return "cannot tell"


@dataclass(frozen=True)
class Figure:
    """One measured thing, of one side or of both.

    Args:
        name: what was measured, in words.
        unit: a base unit.
        ours: one value a round.
        peer: the same of the other side, from the same rounds; empty when there is no other side.
        against: what the other side is.
        goal: bounds of the ratio when there is another side, of our median when not.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] = ()
    against: str = ""
    goal: Goal | None = None

    @property
    def result(self) -> Estimate:
        """What the goal is about: the ratio of medians, or our median when it stands alone."""
        return ratio_of_medians(self.ours, self.peer) if self.peer else median(self.ours)


@dataclass(frozen=True)
class Outcome:
    """What a case found out.

    Args:
        versions: name of each side and its version.
        figures: the figures, the most important first.
        facts: what else must be known to read them (counts, flags); plain JSON values.
        notes: sentences for people that stand below the table.
    """

    versions: dict[str, str]
    figures: list[Figure]
    facts: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """One benchmark.

    Args:
        name: its name on the command line, and of its file.
        what: what it measures, in a sentence.
        peer: what it is compared with.
        goal: the goal, in words.
        run: does it.
            Raises PeerMissingError when it cannot be run here, other PerfAnalysisError on failure.
    """

    name: str
    what: str
    peer: str
    goal: str
    run: Callable[[Settings], Outcome]
