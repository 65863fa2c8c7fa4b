"""The first sentences of a report, made from the numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from perfanalysis.estimates.ratios import CANNOT_TELL, MOST_RUNS, Ratio
from perfanalysis.estimates.variance import spreads
from reporter.analysis.comparison import (
    by_earlier_runs,
    max_units,
    of_machines,
    ranked,
    scaling,
    units_per_dollar,
)
from reporter.asking.machines import Machine
from reporter.language import Language


def verdict(machines: Sequence[Machine], language: Language) -> list[str]:
    """Three remarks at most: value for money, speed, and how certain both are.

    The first two are of the newest run of each machine: by what its earlier runs vary by, or, where
    that is not known of both, that one run each cannot tell which machine is the better one.
    """
    sentences = [_money(machines, language), _speed(machines, language), _doubt(machines, language)]
    return [sentence for sentence in sentences if sentence]


def _money(machines: Sequence[Machine], language: Language) -> str:
    say, order = language.say, ranked(machines, units_per_dollar)
    if not order:
        return say("No machine's units per dollar are known, so none can be called good value.")
    best, most = order[0], units_per_dollar(order[0])
    assert most
    values = {
        "name": best.name,
        "value": language.number(most.value),
        "price": language.dollars(best.price),
    }
    if len(order) == 1:
        return say(
            "{name} does {value} units per second for a dollar an hour, at {price} an hour; no"
            " other machine's units per dollar are known.",
            **values,
        )
    second = units_per_dollar(order[1])
    assert second
    values |= {"second": order[1].name, "other": language.number(second.value)}
    difference = of_machines(order[0], order[1], units_per_dollar)
    if difference and by_earlier_runs(difference):
        return _money_by_runs(difference, values, language)
    if difference and difference.apart:
        found = say(
            "In one run of each, {name} did the most work for the money: {value} units per second"
            " for a dollar an hour, at {price} an hour, {percent} more than {second}.",
            percent=percent(difference, language),
            **values,
        )
    else:
        found = say(
            "In one run of each, {name} did {value} units per second for a dollar an hour and"
            " {second} {other}, which their intervals do not tell apart.",
            **values,
        )
    doubt = say(
        "One run each cannot say which machine is better value; {more}.",
        more=more(difference, language),
    )
    return f"{found} {doubt}"


def _money_by_runs(difference: Ratio, values: Mapping[str, str], language: Language) -> str:
    if difference.verdict == CANNOT_TELL:
        return language.say(
            "{name} does {value} units per second for a dollar an hour and {second} {other},"
            " which the spread of their earlier runs does not tell apart; {more}.",
            more=more(difference, language),
            **values,
        )
    return language.say(
        "{name} does the most work for the money: {value} units per second for a dollar an"
        " hour, at {price} an hour, {percent} more than {second}, by the spread of their"
        " earlier runs.",
        percent=percent(difference, language),
        **values,
    )


def _speed(machines: Sequence[Machine], language: Language) -> str:
    say, order = language.say, ranked(machines, max_units)
    if not order and any(machine.test for machine in machines):
        return say(
            "Which machine is the fastest, we cannot tell: no load test has an interval at full"
            " load."
        )
    if not order:
        return ""
    most, times = max_units(order[0]), scaling(order[0])
    assert most
    alone = ""
    if times:
        alone = say(", {times} times what one worker does alone", times=language.number(times, 2))
    values = {"name": order[0].name, "rate": language.figures(most.value), "alone": alone}
    if len(order) == 1:
        return say("{name} does {rate} units per second at full load{alone}.", **values)
    second = max_units(order[1])
    assert second
    values |= {"second": order[1].name, "other": language.figures(second.value)}
    difference = of_machines(order[0], order[1], max_units)
    if difference and by_earlier_runs(difference):
        return _speed_by_runs(difference, values, language)
    if difference and difference.apart:
        found = say(
            "In one run of each, {name} was the fastest with {rate} units per second{alone}; that"
            " was {percent} more than {second}.",
            percent=percent(difference, language),
            **values,
        )
    else:
        found = say(
            "In one run of each, {name} did {rate} units per second and {second} {other}, which"
            " their intervals do not tell apart.",
            **values,
        )
    doubt = say(
        "One run each cannot say which machine is faster; {more}.", more=more(difference, language)
    )
    return f"{found} {doubt}"


def _speed_by_runs(difference: Ratio, values: Mapping[str, str], language: Language) -> str:
    if difference.verdict == CANNOT_TELL:
        return language.say(
            "{name} does {rate} units per second and {second} {other}, which the spread of"
            " their earlier runs does not tell apart; {more}.",
            more=more(difference, language),
            **values,
        )
    return language.say(
        "{name} is the fastest with {rate} units per second{alone}; that is {percent} more"
        " than {second}, by the spread of their earlier runs.",
        percent=percent(difference, language),
        **values,
    )


def _doubt(machines: Sequence[Machine], language: Language) -> str:
    """What the intervals do not hold: machines of one type differ, and runs were disturbed."""
    tested = [machine for machine in machines if machine.test]
    if not tested:
        return ""
    say = language.say
    spoiled = [m.name for m in tested if m.test and m.test.valid is False]
    if spoiled:
        return say(
            "Do not decide by this yet: the load test was disturbed on {names} and must be"
            " repeated.",
            names=", ".join(spoiled),
        )
    if not ranked(tested, max_units):
        return ""
    between = _between(tested)
    if between is not None:
        return say(
            "The intervals are of one run on each machine; machines of the same type differ from"
            " each other by {spread} (coefficient of variation), which comes on top.",
            spread=language.ratio(between),
        )
    return say(
        "The intervals are of one run on each machine; how much machines of the same type differ"
        " from each other is unknown, because no type was measured on more than one machine."
    )


def _between(tested: Sequence[Machine]) -> float | None:
    """The largest spread between machines of one type; None when no type has several."""
    types: dict[tuple[str, str], list[float]] = defaultdict(list)
    for machine in tested:
        if machine.instance_type and (most := max_units(machine)) and most.value > 0:
            types[machine.provider, machine.instance_type].append(most.value)
    several = [[[rate] for rate in rates] for rates in types.values() if len(rates) > 1]
    found = [both.value for rates in several if (both := spreads(rates).both)]
    return max(found, default=None)


def more(difference: Ratio | None, language: Language) -> str:
    """How many more runs would settle a difference of one run each, in words."""
    if difference is None or difference.more is None:
        return language.say("an interval of both is needed to say how many runs would settle it")
    if difference.more > MOST_RUNS:
        count = language.number(MOST_RUNS)
        return language.say("not even {count} more runs of each would settle it", count=count)
    # No singular: a spread means nothing before there are three runs of each.
    count = language.number(difference.more)
    return language.say("at least {count} more runs of each are needed", count=count)


def percent(difference: Ratio, language: Language) -> str:
    """A ratio as a difference in percent with its bounds: ``12 % (9 to 15 %)``.

    Of a ratio below 1 it is by how much it is less.
    """
    sign = 1 if difference.value >= 1 else -1
    value = sign * (difference.value - 1) * 100
    digits = 0 if value >= 10 else 1
    number = language.number(value, digits)
    if difference.lower is None or difference.upper is None:
        return f"{number} %"
    bounds = sorted(sign * (bound - 1) * 100 for bound in (difference.lower, difference.upper))
    return language.say(
        "{value} % ({lower} to {upper} %)",
        value=number,
        lower=language.number(bounds[0], digits),
        upper=language.number(bounds[1], digits),
    )
