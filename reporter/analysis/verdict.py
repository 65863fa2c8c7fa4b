"""The first sentences of a report, made from the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reporter.analysis.comparison import (
    Ratio,
    max_units,
    ranked,
    ratio,
    scaling,
    units_per_dollar,
)
from reporter.machines import Machine

DOUBT = (
    "The intervals are of one run on each machine; how much machines of the same type differ from"
    " each other is unknown, because no type was measured on more than one machine."
)


def verdict(machines: Sequence[Machine]) -> list[str]:
    """Three sentences or so: value for money, speed, and what is not certain."""
    return [*_money(machines), *_speed(machines), *_certainty(machines)]


def _money(machines: Sequence[Machine]) -> list[str]:
    order = ranked(machines, units_per_dollar)
    if not order:
        return ["No machine's units per dollar are known, so none can be called good value."]
    best = order[0]
    most = units_per_dollar(best)
    assert most
    value = f"{most.value:,.0f} units per second for a dollar an hour"
    if len(order) == 1:
        return [f"{best.name} does {value}; no other machine's units per dollar are known."]
    second = units_per_dollar(order[1])
    assert second
    difference = ratio(most, second)
    if difference is None or not difference.certain:
        return [
            f"Which machine gives the most work for the money cannot be told: {best.name} ({value})"
            f" and {order[1].name} ({second.value:,.0f}) have intervals that overlap."
        ]
    return [
        f"{best.name} gives the most work for the money: {value}, {percent(difference)} more than"
        f" {order[1].name}."
    ]


def _speed(machines: Sequence[Machine]) -> list[str]:
    order = ranked(machines, max_units)
    if not order:
        return []
    fastest = order[0]
    most = max_units(fastest)
    assert most
    rate = f"{most.value:,.1f} units per second"
    times = scaling(fastest)
    alone = f", {times:.2f} times what one worker does alone" if times else ""
    if len(order) == 1:
        return [f"{fastest.name} does {rate} at full load{alone}."]
    second = max_units(order[1])
    assert second
    difference = ratio(most, second)
    if difference is None or not difference.certain:
        return [
            f"Which machine is the fastest cannot be told: {fastest.name} ({rate}) and"
            f" {order[1].name} ({second.value:,.1f}) have intervals that overlap."
        ]
    return [
        f"The fastest is {fastest.name} with {rate}{alone}; that is {percent(difference)} more"
        f" than {order[1].name}."
    ]


def _certainty(machines: Sequence[Machine]) -> list[str]:
    tested = [machine for machine in machines if machine.test]
    types = Counter((m.provider, m.instance_type) for m in tested if m.instance_type)
    sentences = []
    if tested and max(types.values(), default=0) < 2:
        sentences.append(DOUBT)
    spoiled = [m.name for m in tested if m.test and m.test.valid is False]
    if spoiled:
        names = ", ".join(spoiled)
        sentences.append(f"The load test was disturbed on {names}: repeat it before deciding.")
    return sentences


def percent(difference: Ratio) -> str:
    """A ratio above 1 as a difference in percent with its bounds: ``12 % (9 to 15 %)``."""
    value, lower, upper = (
        (x - 1) * 100 for x in (difference.value, difference.lower, difference.upper)
    )
    digits = 0 if value >= 10 else 1
    return f"{value:,.{digits}f} % ({lower:,.{digits}f} to {upper:,.{digits}f} %)"
