"""Which type or machine does the most work for the money, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.estimates.ratios import CANNOT_TELL, Ratio
from reporter.analysis.comparison import max_units, paid_work, units_per_dollar
from reporter.analysis.contenders import Contender
from reporter.analysis.lead import Lead, also, label, lead, value_of
from reporter.analysis.ranking import Ranking
from reporter.analysis.wording import BY_MACHINES, BY_RUNS, joined, more, names, percent
from reporter.language import Language


def money(ranking: Ranking, language: Language) -> str:
    """Who does the most work for the money, by how much, and how sure that is."""
    say, order = language.say, ranking.main.by_money if ranking.main else []
    if not order:
        return _none(ranking, language)
    types = any(one.is_type for one in order)
    values = {"name": label(order[0], language, types=types)}
    values |= {"value": language.number(value_of(order[0], units_per_dollar))}
    values |= {"price": _prices(order[0], language)}
    if len(order) == 1:
        others = [m for m in ranking.machines if units_per_dollar(m)]
        if len(others) > len(order[0].machines):
            found = say(
                "{name} does {value} units per second for a dollar an hour, at {price} an hour; no"
                " other's can be held against that.",
                **values,
            )
        else:
            found = say(
                "{name} does {value} units per second for a dollar an hour, at {price} an hour; no"
                " other machine's units per dollar are known.",
                **values,
            )
        return joined(found, _lent(order, language))
    head = lead(order, units_per_dollar)
    values |= {
        "second": label(head.other, language, types=types),
        "other": language.number(value_of(head.other, units_per_dollar)),
    }
    return joined(
        _money_of(head, values, language), also(head, language), _lent(order[:3], language)
    )


def _none(ranking: Ranking, language: Language) -> str:
    # A table below may show figures of disturbed tests: they are there, and count for nothing.
    if any(units_per_dollar(machine) is not None for machine in ranking.disturbed):
        return language.say(
            "No units per dollar of an undisturbed load test are known, so none can be called good"
            " value."
        )
    return language.say(
        "No machine's units per dollar are known, so none can be called good value."
    )


def _prices(one: Contender, language: Language) -> str:
    low, high = one.prices or (None, None)
    if low == high:
        return language.dollars(low)
    bounds = {"lower": language.dollars(low), "upper": language.dollars(high)}
    return language.say("{lower} to {upper}", **bounds)


def _money_of(head: Lead, values: Mapping[str, str], language: Language) -> str:
    difference, say = head.difference, language.say
    if difference and difference.basis == BY_MACHINES:
        return _money_by_machines(difference, values, language)
    if difference and difference.basis == BY_RUNS:
        return _money_by_runs(difference, values, language)
    if difference is None or difference.apart is None:
        found = say(
            "In one run of each, {name} did {value} units per second for a dollar an hour, at"
            " {price} an hour, and {second} {other}; without an interval of both nobody can say"
            " whether they differ.",
            **values,
        )
    elif difference.apart:
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


def _money_by_machines(difference: Ratio, values: Mapping[str, str], language: Language) -> str:
    if difference.verdict == CANNOT_TELL:
        return language.say(
            "{name} does {value} units per second for a dollar an hour and {second} {other},"
            " which the spread between machines of a type does not tell apart; {more}.",
            more=more(difference, language),
            **values,
        )
    return language.say(
        "{name} does the most work for the money: {value} units per second for a dollar an"
        " hour, at {price} an hour, {percent} more than {second}, by the spread between machines"
        " of a type.",
        percent=percent(difference, language),
        **values,
    )


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


def _lent(order: Sequence[Contender], language: Language) -> str:
    """Whose units per dollar are those of a burstable type's baseline."""
    found = [one for one in order if one.machine.test and one.machine.test.baseline]
    if not found:
        return ""
    called = names([one.name for one in found], 4, language)
    most, paid = max_units(found[0].machine), paid_work(found[0].machine)
    if len(found) > 1 or most is None or paid is None:
        return language.say(
            "Units per dollar of {names} are those of the baseline, which a burstable machine does"
            " for good; what it does at full load is lent.",
            names=called,
        )
    return language.say(
        "Units per dollar of {names} are those of the baseline, which a burstable machine does for"
        " good; full load is {times} times as much, and lent.",
        names=called,
        times=language.number(most.value / paid.value, 1),
    )
