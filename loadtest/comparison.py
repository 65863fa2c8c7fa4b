"""Comparing results: sides of documents, level by level, and what must be known beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from perfanalysis.errors import InputError
from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.results import conditions
from perfanalysis.results.conditions import Unknown, comparable
from perfanalysis.results.document import FULL, Document, Interval, Level

GROUPS = {"machine": "name", "instance_type": "instance_type"}
MAX = "max_units_per_second"
SINGLE = "single_units_per_second"
PER_DOLLAR = "units_per_dollar"
# Conditions that two results must share to be compared at all.
WORK = ("kernel", "kernel_version")


@dataclass(frozen=True)
class Side:
    """Some results that are taken together.

    Attributes:
        name: as people call them.
        documents: at least one.
    """

    name: str
    documents: tuple[Document, ...]

    @property
    def machines(self) -> dict[str, list[Document]]:
        """The documents by machine; those that name none count as one machine."""
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.machine.name or "", []).append(document)
        return found

    def rates(self, figure: Figure) -> list[list[Rate]] | None:
        """The figure in every run, by machine; None when a run does not have it."""
        found = [[figure.read(document) for document in runs] for runs in self.machines.values()]
        known = [[rate for rate in runs if rate is not None] for runs in found]
        return known if [len(runs) for runs in known] == [len(runs) for runs in found] else None


@dataclass(frozen=True)
class Figure:
    """What is compared: a name as thresholds have it, and how a document shows it."""

    name: str
    read: Callable[[Document], Rate | None]


@dataclass(frozen=True)
class Row:
    """One figure of two sides: units per second (and dollar per hour), and their ratio."""

    figure: str
    baseline: float
    value: float
    ratio: Ratio


def group(documents: Sequence[Document], by: str) -> list[Side]:
    """Sides by a fact of the machines, in the order in which they are first met.

    Args:
        documents: all of them.
        by: a name of ``GROUPS``.

    Raises:
        InputError: a document does not have that fact, or there is only one group.
    """
    fact, found = GROUPS[by], dict[str, list[Document]]()
    for document in documents:
        value: str | None = getattr(document.machine, fact)
        if value is None:
            raise InputError(document.test_id, f"machine.{fact}", f"a value to group by {by}")
        found.setdefault(value, []).append(document)
    if len(found) < 2:
        raise InputError("--group-by", "", f"results of at least two of {by}", ", ".join(found))
    return [Side(name, tuple(runs)) for name, runs in found.items()]


def check(sides: Sequence[Side]) -> None:
    """Refuse to compare what is not of one kind.

    Raises:
        InputError: kernels or their versions differ, or a result stands on two sides.
    """
    first = sides[0].documents[0]
    asked = conditions.of(first)
    seen: dict[str, str] = {}
    for side in sides:
        for document in side.documents:
            for name, wanted, found in comparable(asked, conditions.of(document)):
                if name in WORK:
                    expected = (
                        f"{wanted!r} as in {first.test_id}: other work cannot be compared "
                        "(--kernel picks one kernel)"
                    )
                    raise InputError(document.test_id, name, expected, found)
            if seen.setdefault(document.test_id, side.name) != side.name:
                raise InputError(side.name, "", "other results than the side before it has")


def rows(baseline: Side, other: Side) -> list[Row]:
    """Every figure that all runs of both sides have, levels first.

    Raises:
        InputError: there is none.
    """
    documents = (*baseline.documents, *other.documents)
    found = []
    for figure in _figures(documents):
        first, second = baseline.rates(figure), other.rates(figure)
        if first is not None and second is not None:
            ratio = ratios.compare(first, second)
            found.append(Row(figure.name, ratios.mean(first), ratios.mean(second), ratio))
    if not found:
        raise InputError(other.name, "levels", f"a level that all runs of {baseline.name} have")
    return found


def _figures(documents: Sequence[Document]) -> list[Figure]:
    busy = sorted({level.busy for document in documents for level in document.levels})
    if len(spreads(documents)) > 1:
        # Packed and spread load are the same only where nothing is left idle.
        busy = [level for level in busy if level == FULL]
    levels = [Figure(f"units_per_second[{level}]", _level_reader(level)) for level in busy]
    return [*levels, Figure(SINGLE, _single), Figure(MAX, _level_reader(FULL)), _PER_DOLLAR]


def spreads(documents: Iterable[Document]) -> set[str | Unknown]:
    """In which ways load was spread; levels below 100 % of several ways are not compared."""
    return {conditions.of(document).spread for document in documents}


def _level_reader(busy: int) -> Callable[[Document], Rate | None]:
    def read(document: Document) -> Rate | None:
        for level in document.levels:
            if level.busy == busy:
                return _rate(level.units_per_second, level)
        return None

    return read


def _single(document: Document) -> Rate | None:
    value = document.single_units_per_second
    return None if value is None else _rate(value, document.single_interval)


def _rate(value: float, bounds: Level | Interval | None, price: float = 1.0) -> Rate:
    if bounds is None or bounds.lower is None or bounds.upper is None:
        return Rate(value / price, None)
    return Rate(value / price, Estimate(value / price, bounds.lower / price, bounds.upper / price))


def _per_dollar(document: Document) -> Rate | None:
    price, full = document.machine.price_dollars_per_hour, document.full
    if price is None or full is None:
        return None
    return _rate(full.units_per_second, full, price)


_PER_DOLLAR = Figure(PER_DOLLAR, _per_dollar)


def text(ratio: Ratio) -> str:
    """The verdict in words, such as ``faster by 3.1 % (2.2 to 4.0)``."""
    if ratio.lower is None or ratio.upper is None:
        return "cannot tell, no interval is known"
    if ratio.verdict == "faster":
        low, high = ratio.lower - 1, ratio.upper - 1
        return f"faster by {ratio.value - 1:.1%} ({low:.1%} to {high:.1%})"
    if ratio.verdict == "slower":
        low, high = 1 - ratio.upper, 1 - ratio.lower
        return f"slower by {1 - ratio.value:.1%} ({low:.1%} to {high:.1%})"
    spread = f"{ratio.lower - 1:+.1%} to {ratio.upper - 1:+.1%}"
    return f"cannot tell ({spread}), {_more(ratio)} would settle it"


def _more(ratio: Ratio) -> str:
    what = "machines" if ratio.basis == "machines" else "runs"
    if ratio.more is None or ratio.more > ratios.MOST_RUNS:
        return f"not even {ratios.MOST_RUNS} more {what} of each"
    least = "at least" if ratio.basis == "slices" else "about"
    return f"{least} {ratio.more} more {what if ratio.more > 1 else what[:-1]} of each"
