"""Comparing results: two sides of documents, figure by figure, and which verdicts they carry. Pure.

The rate at full load is the primary figure: it is tested first, and alone decides a gate. The
others are tested behind it (``perfanalysis.estimates.multiplicity``), so that in 5 % of comparisons
of equal sides at most any figure is called different.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from loadtest.bridged import Bridged
from loadtest.earlier_runs import Earlier
from loadtest.sides import Matched, Side, match, unlike
from perfanalysis.errors import InputError
from perfanalysis.estimates import multiplicity, ratios
from perfanalysis.estimates.bridging import widened
from perfanalysis.estimates.ratios import CANNOT_TELL, LEVEL, Rate, Ratio, RunSpread
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.results import conditions, price_performance, work_done
from perfanalysis.results.conditions import Difference, Unknown
from perfanalysis.results.document import FULL, Document, Interval, Level
from perfanalysis.results.machine_identity import OneMachine
from perfanalysis.results.work_done import Work

MAX = "max_units_per_second"
SINGLE = "single_units_per_second"
PER_DOLLAR = "units_per_dollar"
# Why a figure whose interval may leave 1 out has no verdict.
BY_CONDITIONS = "conditions"
BY_INTERVAL = "no interval"
BY_ONE_RUN = "one run"
BY_PRIMARY = "primary figure"
BY_FIGURES = "many figures"


@dataclass(frozen=True)
class Figure:
    """What is compared: a name as thresholds have it, and how a document shows it."""

    name: str
    read: Callable[[Document], Rate | None]


@dataclass(frozen=True)
class Row:
    """One figure of two sides.

    Attributes:
        figure: its name.
        baseline, value: units per second (and dollar per hour): geometric means of the sides.
        ratio: of both, with the interval of this figure alone.
        primary: whether it is the primary figure, or tells the same as that.
        p_value: how often chance brings such a difference, adjusted for the figures that are tested
            with it; None: unknown.
        verdict: ``faster``, ``slower`` or ``cannot tell``, with all that was compared in mind.
        withheld: why the verdict is none whatever the interval says, a ``BY_`` of this module.
        by_median: of units per dollar, the ratio by the rates that the primary figure is made of;
            None: that is the ratio.
    """

    figure: str
    baseline: float
    value: float
    ratio: Ratio
    primary: bool = False
    p_value: float | None = None
    verdict: str = CANNOT_TELL
    withheld: str | None = None
    by_median: Ratio | None = None


@dataclass(frozen=True)
class Comparison:
    """A side against the baseline.

    Attributes:
        baseline, other: the sides.
        matched: the machines that take part.
        rows: at least one; levels first.
        unlike: conditions that keep them from a verdict.
        earlier: the other runs of the machine, or of each; empty unless each side has one run.
        bridges: remarks on the bridges by which a side was brought to the other's unit.
    """

    baseline: Side
    other: Side
    matched: Matched
    rows: tuple[Row, ...]
    unlike: tuple[Difference, ...]
    earlier: tuple[Earlier, ...] = ()
    bridges: tuple[str, ...] = ()

    @property
    def primary(self) -> Row:
        """The row that decides."""
        return primary(self.rows)

    @property
    def basis(self) -> str:
        """What the primary figure's interval is made of."""
        return self.primary.ratio.basis


def compare(
    baseline: Side,
    other: Side,
    earlier: Callable[[Document], Earlier] | None = None,
    *,
    pair: bool = True,
    bridges: Sequence[Bridged] = (),
) -> Comparison:
    """Compare two sides.

    Args:
        baseline, other: the sides, of the same kernel and version.
        earlier: finds other runs of a run's machine; asked only where each side has one run.
        pair: False: machines on both sides are not paired.
        bridges: what brought one side to the unit of the other: its doubt widens all intervals.

    Raises:
        InputError: no figure is known of all runs.
    """
    matched = match(baseline, other, pair=pair)
    known: tuple[Earlier, ...] = ()
    if earlier is not None and len(matched.documents) == 2:
        first, second = matched.documents
        known = (earlier(first),) if matched.one_machine else (earlier(first), earlier(second))
    rows = _rows(matched, known)
    for bridged in bridges:
        rows = [replace(row, ratio=widened(row.ratio, bridged.bridge)) for row in rows]
    if not rows:
        raise InputError(other.name, "levels", f"a level that all runs of {baseline.name} have")
    apart = unlike(matched)
    judged = _judged(rows, alike=not apart)
    said = tuple(bridged.remark for bridged in bridges)
    return Comparison(baseline, other, matched, tuple(judged), tuple(apart), known, said)


def primary(rows: Sequence[Row]) -> Row:
    """The rate at full load; else the highest level that there is, else what there is."""
    by_name = {row.figure: row for row in rows}
    levels = [row for row in rows if row.figure.startswith("units_per_second[")]
    return by_name.get(MAX) or (levels or list(rows))[-1]


def _rows(matched: Matched, earlier: Sequence[Earlier]) -> list[Row]:
    rows = [_row(figure, matched, earlier) for figure in _figures(matched.documents)]
    found = [row for row in rows if row is not None]
    if not work_done.all_have_means(matched.documents):
        return found
    median = _row(Figure(PER_DOLLAR, partial(_per_dollar, mean=False)), matched, earlier)
    return [
        replace(row, by_median=median.ratio) if median and row.figure == PER_DOLLAR else row
        for row in found
    ]


def _row(figure: Figure, matched: Matched, earlier: Sequence[Earlier]) -> Row | None:
    """A figure of both sides, without a verdict; None when a run does not have it."""
    first, second = (_rates(side, figure) for side in (matched.baseline, matched.other))
    if first is None or second is None:
        return None
    spreads = [one.spread(figure.read) for one in earlier]
    known: list[RunSpread] = [spread for spread in spreads if spread is not None]
    ratio = ratios.compare(
        first,
        second,
        known=known if len(known) == len(earlier) else (),
        paired=matched.paired,
    )
    return Row(figure.name, ratios.mean(first), ratios.mean(second), ratio)


def _rates(machines: Sequence[OneMachine], figure: Figure) -> list[list[Rate]] | None:
    """The figure in every run, by machine; None when a run does not have it."""
    found = [[figure.read(run) for run in machine.documents] for machine in machines]
    known = [[rate for rate in runs if rate is not None] for runs in found]
    return known if [len(runs) for runs in known] == [len(runs) for runs in found] else None


def _judged(rows: Sequence[Row], *, alike: bool) -> list[Row]:
    """The rows with their verdicts."""
    decisive = primary(rows)
    same = [row for row in rows if _tells_the_same(row, decisive)]
    p_values = [_p_value(row, decisive) for row in same]
    gate = [1.0 if p is None else p for p in p_values]
    others = [row for row in rows if row not in same]
    tested = [(row.figure, p) for row in others if (p := row.ratio.p_value) is not None]
    adjusted = multiplicity.behind(gate, [p for _, p in tested])
    p_of = {row.figure: p for row, p in zip(same, p_values, strict=True)}
    p_of |= {name: p for (name, _), p in zip(tested, adjusted, strict=True)}
    return [
        _with_verdict(row, p_of.get(row.figure), max(gate), alike=alike, primary=row in same)
        for row in rows
    ]


def _p_value(row: Row, decisive: Row) -> float | None:
    """That of a figure that tells the same as the primary one.

    Units per dollar at one price are the primary figure by its mean, and differ only where that
    does. At two prices not both can be equal, and each is tested by itself.
    """
    own, first = row.ratio.p_value, decisive.ratio.p_value
    if own is None or first is None or row.by_median is None:
        return own
    one_price = math.isclose(row.by_median.value, decisive.ratio.value, rel_tol=1e-9)
    return max(own, first) if one_price else own


def _tells_the_same(row: Row, decisive: Row) -> bool:
    """Whether a figure is the primary one, or that times what is known: a price of each side."""
    if row.figure not in {MAX, PER_DOLLAR, f"units_per_second[{FULL}]"}:
        return row is decisive
    one, other = row.by_median or row.ratio, decisive.ratio
    if one.basis != other.basis or not _close(one.df, other.df):
        return False
    if one.error is None or other.error is None:
        return row.figure != PER_DOLLAR
    return math.isclose(one.error, other.error, rel_tol=1e-9, abs_tol=1e-15)


def _with_verdict(row: Row, p: float | None, gate: float, *, alike: bool, primary: bool) -> Row:
    verdict, withheld = row.ratio.verdict, None
    if not alike:
        withheld = BY_CONDITIONS
    elif row.ratio.apart is None:
        withheld = BY_INTERVAL
    elif row.ratio.basis == "slices":
        withheld = BY_ONE_RUN
    elif not (primary and row.by_median is None) and verdict != CANNOT_TELL and not _small(p):
        withheld = BY_PRIMARY if gate > LEVEL else BY_FIGURES
    verdict = CANNOT_TELL if withheld else verdict
    return replace(row, primary=primary, p_value=p, verdict=verdict, withheld=withheld)


def _close(one: float | None, other: float | None) -> bool:
    """Whether both are the same: a price adds to logarithms, which rounds."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9)


def _small(p: float | None) -> bool:
    return p is not None and p <= LEVEL


def _figures(documents: Sequence[Document]) -> list[Figure]:
    busy = sorted({level.busy for document in documents for level in document.levels})
    if len(spreads(documents)) > 1:
        # Packed and spread load are the same only where nothing is left idle.
        busy = [level for level in busy if level == FULL]
    levels = [Figure(f"units_per_second[{level}]", _level_reader(level)) for level in busy]
    money = Figure(PER_DOLLAR, partial(_per_dollar, mean=work_done.all_have_means(documents)))
    return [*levels, Figure(SINGLE, _single), Figure(MAX, _level_reader(FULL)), money]


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


def _rate(value: float, bounds: Level | Interval | Work | None) -> Rate:
    if bounds is None or bounds.lower is None or bounds.upper is None:
        return Rate(value, None)
    return Rate(value, Estimate(value, bounds.lower, bounds.upper))


def _per_dollar(document: Document, *, mean: bool) -> Rate | None:
    """By what money buys; by the median where some run has no mean."""
    work = price_performance.per_dollar(document.full, document, mean=mean)
    return None if work is None else _rate(work.value, work)
