"""The table of types: machines, price, work and value, beside single machines. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from perfanalysis.estimates.ratios import Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from reporter.analysis.comparison import max_units, units_per_dollar
from reporter.analysis.contenders import Contender, compare
from reporter.analysis.ranking import Ranked
from reporter.analysis.report_data import ReportData


@dataclass(frozen=True)
class TypeRow:
    """A type, or a machine beside types.

    Attributes:
        one: which.
        rank: by units per dollar in its class of conditions; None: no price.
        mark: of that class; empty: the main one.
        units, per_dollar: rates; of a type the mean of its machines with its interval.
        spread: what its machines differ by; None: there is one.
        against_best: units per dollar against the best of the class; None: it is that, or unknown.
    """

    one: Contender
    rank: int | None
    mark: str
    units: Rate | None
    per_dollar: Rate | None
    spread: Estimate | None
    against_best: Ratio | None


def type_rows(data: ReportData) -> list[TypeRow]:
    """All types and single machines by class and rank; none where no type has several machines."""
    return [_row(data, group, one) for group, one in data.ranking.types]


def _row(data: ReportData, group: Ranked, one: Contender) -> TypeRow:
    rank, mark = data.ranking.ranks.get(one.machine.name, (None, group.tests.mark))
    best = group.by_money[0] if group.by_money else None
    against = compare(one, best, units_per_dollar) if best and best is not one else None
    return TypeRow(
        one,
        rank,
        mark,
        one.rate(max_units),
        one.rate(units_per_dollar),
        one.spread(max_units),
        against,
    )
