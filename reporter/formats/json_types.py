"""What the report ranks, for programs: types and machines by class of conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfanalysis.estimates.ratios import Rate, Ratio
from reporter.analysis.comparison import max_units, units_per_dollar
from reporter.analysis.contenders import Contender, compare
from reporter.analysis.ranking import Ranked
from reporter.analysis.report_data import ReportData


def conditions(data: ReportData) -> list[dict[str, Any]]:
    """The classes of conditions, the main one first; only what is in one class is compared."""
    return [
        known(
            mark=group.tests.mark or None,
            known=group.tests.known,
            kernel_version=group.tests.conditions.kernel_version or None,
            profile=group.tests.conditions.profile or None,
            machines=[machine.name for machine in group.tests.machines],
        )
        for group in data.ranking.groups
    ]


def ranking(data: ReportData) -> list[dict[str, Any]]:
    """Types of which several machines were measured, and single machines, the best value first in
    each class of conditions."""
    return [entry for group in data.ranking.groups for entry in _of_group(data, group)]


def _of_group(data: ReportData, group: Ranked) -> Iterator[dict[str, Any]]:
    order = group.by_money
    ranks = {id(one): place for place, one in enumerate(order, 1)}
    for one in (*order, *(other for other in group.contenders if id(other) not in ranks)):
        front = data.ranking.on_front(one.machine)
        price = one.prices
        yield known(
            name=one.name,
            type=one.is_type,
            provider=one.machine.provider or None,
            instance_type=one.machine.instance_type or None,
            cpus=one.machine.cpus,
            machines=[machine.name for machine in one.machines],
            conditions=group.tests.mark or None,
            rank=ranks.get(id(one)),
            on_front=front,
            price=price and {"mean": one.price, "lowest": price[0], "highest": price[1]},
            units=rate(one.rate(max_units)),
            units_per_dollar=rate(one.rate(units_per_dollar)),
            spread=one.spread(max_units),
            against_best=_against(one, order[0]) if order and one is not order[0] else None,
        )


def _against(one: Contender, best: Contender) -> dict[str, Any] | None:
    return ratio(compare(one, best, units_per_dollar))


def rate(found: Rate | None) -> dict[str, Any] | None:
    """A rate with its interval, where that is known."""
    if found is None:
        return None
    bounds = found.interval
    return known(value=found.value, lower=bounds and bounds.lower, upper=bounds and bounds.upper)


def ratio(found: Ratio | None) -> dict[str, Any] | None:
    """A ratio with its interval, and what that is made of."""
    if found is None:
        return None
    return known(
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        verdict=found.verdict,
        basis=found.basis,
        apart=found.apart,
        more_runs=found.more,
    )


def known(**values: Any) -> dict[str, Any]:
    """What is known of some values."""
    return {name: value for name, value in values.items() if value is not None}
