"""Which type or machine is the fastest, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from perfanalysis.estimates.ratios import CANNOT_TELL, Ratio
from reporter.analysis.comparison import max_units, scaling
from reporter.analysis.contenders import Contender
from reporter.analysis.lead import Lead, also, label, lead, value_of
from reporter.analysis.ranking import Ranking
from reporter.analysis.wording import BY_MACHINES, BY_RUNS, joined, more, percent
from reporter.language import Language


def speed(ranking: Ranking, language: Language) -> str:
    """Who is the fastest, by how much, and how sure that is; empty: nothing was measured."""
    say, order = language.say, ranking.main.by_speed if ranking.main else []
    if not order and any(m.test and m.test.sound for m in ranking.machines):
        return say(
            "Which machine is the fastest, we cannot tell: no undisturbed load test has a rate at"
            " full load."
        )
    if not order:
        return ""
    types = any(one.is_type for one in order)
    values = {"name": label(order[0], language, types=types)}
    values |= {"rate": language.figures(value_of(order[0], max_units))}
    values |= {"alone": _alone(order[0], language)}
    if len(order) == 1:
        return say("{name} does {rate} units per second at full load{alone}.", **values)
    head = lead(order, max_units)
    values |= {
        "second": label(head.other, language, types=types),
        "other": language.figures(value_of(head.other, max_units)),
    }
    return joined(_speed_of(head, values, language), also(head, language))


def _alone(one: Contender, language: Language) -> str:
    """How one worker compares, and what a burstable machine holds."""
    times, text = scaling(one.machine), ""
    if times and not one.is_type:
        number = language.number(times, 2)
        text = language.say(", {times} times what one worker does alone", times=number)
    lent = one.machine.test.baseline if one.machine.test else None
    if lent and not one.is_type:
        rate = language.figures(lent.value)
        text += language.say(", of which it holds {rate} for good (it is burstable)", rate=rate)
    return text


def _speed_of(head: Lead, values: Mapping[str, str], language: Language) -> str:
    difference, say = head.difference, language.say
    if difference and difference.basis == BY_MACHINES:
        return _speed_by_machines(difference, values, language)
    if difference and difference.basis == BY_RUNS:
        return _speed_by_runs(difference, values, language)
    if difference is None or difference.apart is None:
        found = say(
            "In one run of each, {name} did {rate} units per second and {second} {other}; without"
            " an interval of both nobody can say whether they differ.",
            **values,
        )
    elif difference.apart:
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


def _speed_by_machines(difference: Ratio, values: Mapping[str, str], language: Language) -> str:
    if difference.verdict == CANNOT_TELL:
        return language.say(
            "{name} does {rate} units per second and {second} {other}, which the spread between"
            " machines of a type does not tell apart; {more}.",
            more=more(difference, language),
            **values,
        )
    return language.say(
        "{name} is the fastest with {rate} units per second{alone}; that is {percent} more"
        " than {second}, by the spread between machines of a type.",
        percent=percent(difference, language),
        **values,
    )


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
