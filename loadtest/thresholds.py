"""Thresholds: conditions under which a run fails, such as ``units_per_dollar<5``. Pure.

A condition is a figure, a comparison and a number. It is about the figure of one run, with that
run's own interval, and says nothing of what the next run will find: whether a machine became slower
is what ``loadtest compare`` asks. The figures:

max_units_per_second, single_units_per_second   as in the document
units_per_second[BUSY]                          of one level: the median, which compares machines
mean_units_per_second[BUSY]                     of one level: the mean, the work that was done
busy_ratio[BUSY]                                of one level
interval_ratio                                  half the width of the interval at the highest level,
                                                as a share of the value
units_per_dollar                                the mean at 100 % over dollars per hour; of a
                                                burstable machine its baseline, where it is known
duration_seconds                                of the run
valid                                           1 or 0
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfanalysis.errors import InputError
from perfanalysis.results import price_performance
from perfanalysis.results.document import Document, Level, Verdict

FLAG = "--fail-if"
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_OF_RUN = (
    "max_units_per_second",
    "single_units_per_second",
    "units_per_dollar",
    "interval_ratio",
    "duration_seconds",
    "valid",
)
_OF_LEVEL = ("units_per_second", "mean_units_per_second", "busy_ratio")
_FORM = re.compile(r"([a-z_]+)(?:\[([0-9]{1,3})\])?\s*(<=|>=|==|!=|<|>)\s*([-+.0-9eE]+)")
_EXPECTED = (
    "a figure, a comparison and a number, such as units_per_dollar<5; figures: "
    + ", ".join((*_OF_RUN, *(f"{name}[BUSY]" for name in _OF_LEVEL)))
)


@dataclass(frozen=True)
class Threshold:
    """One condition under which a run fails.

    Attributes:
        figure: its name.
        busy: the level, percent; None for figures of the whole run.
        comparison: as it is written.
        limit: in the figure's unit.
    """

    figure: str
    busy: int | None
    comparison: str
    limit: float

    @property
    def name(self) -> str:
        """The condition in its plain form; label of the metric."""
        at = "" if self.busy is None else f"[{self.busy}]"
        return f"{self.figure}{at}{self.comparison}{self.limit:.12g}"

    def fails(self, value: float) -> bool:
        """Whether the condition holds for a value."""
        return _COMPARISONS[self.comparison](value, self.limit)


def parse(text: str, where: str = FLAG) -> Threshold:
    """Read one condition.

    Raises:
        InputError: it has another form, or names a figure that there is not.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise InputError(where, "", _EXPECTED, text)
    figure, busy, comparison, number = found.groups()
    known = _OF_RUN if busy is None else _OF_LEVEL
    try:
        limit = float(number)
    except ValueError:
        limit = math.nan
    if figure not in known or not math.isfinite(limit):
        raise InputError(where, "", _EXPECTED, text)
    return Threshold(figure, None if busy is None else int(busy), comparison, limit)


def check(
    thresholds: Sequence[Threshold], levels: Sequence[int], price: float | None, where: str = FLAG
) -> None:
    """Refuse, before a run, what it could not decide at its end.

    Args:
        thresholds: the conditions.
        levels: that will be measured, percent.
        price: dollars per hour; None: unknown.
        where: the flag, for messages.

    Raises:
        InputError: a figure will not be known.
    """
    for threshold in thresholds:
        needs = 100 if threshold.figure in {"max_units_per_second", "units_per_dollar"} else None
        if (busy := threshold.busy or needs) is not None and busy not in levels:
            raise InputError(where, "", f"the level {busy} among --levels for it", threshold.name)
        if threshold.figure == "units_per_dollar" and price is None:
            expected = "the machine's price beside it (--price or --inventory)"
            raise InputError(where, "", expected, threshold.name)


def verdicts(document: Document, thresholds: Sequence[Threshold]) -> tuple[Verdict, ...]:
    """The verdicts as they stand in a document (``thresholds``).

    Args:
        document: that has no verdicts yet.
        thresholds: the conditions.
    """
    return tuple(_verdict(threshold, document) for threshold in thresholds)


def _verdict(threshold: Threshold, document: Document) -> Verdict:
    values = figure(document, threshold.figure, threshold.busy)
    if values is None:
        return Verdict(name=threshold.name, passed=None)
    fails = [threshold.fails(value) for value in values]
    return Verdict(
        name=threshold.name,
        passed=not fails[0],
        value=float(values[0]),
        certain=len(set(fails)) == 1,
    )


def figure(document: Document, name: str, busy: int | None) -> tuple[float, ...] | None:
    """A figure of a document: its value, then its bounds where it has any; None: unknown."""
    if busy is not None:
        level = next((level for level in document.levels if level.busy == busy), None)
        return None if level is None else _of_level(level, name)
    if name == "interval_ratio":
        return _interval_ratio(document.levels[-1])
    if name == "max_units_per_second":
        return None if document.full is None else _of_level(document.full, "units_per_second")
    if name == "units_per_dollar":
        work = price_performance.per_dollar(document.full, document)
        return None if work is None else work.known
    value = getattr(document, name)
    if value is None:
        return None
    bounds = document.single_interval if name == "single_units_per_second" else None
    return (float(value), *(() if bounds is None else (bounds.lower, bounds.upper)))


def _of_level(level: Level, name: str) -> tuple[float, ...] | None:
    value = getattr(level, name)
    if value is None:
        return None
    if name == "units_per_second":
        return _known((value, level.lower, level.upper))
    if name == "mean_units_per_second":
        return _known((value, level.mean_lower, level.mean_upper))
    return (value,)


def _known(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _interval_ratio(level: Level) -> tuple[float, ...] | None:
    if level.lower is None or level.upper is None:
        return None
    value = level.units_per_second
    return (max(level.upper - value, value - level.lower) / value,)
