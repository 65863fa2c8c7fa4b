"""What a verdict does not hold, in words: spreads, disturbed runs, other conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from perfanalysis.estimates.statistics import Estimate
from reporter.analysis.comparison import max_units
from reporter.analysis.ranking import Ranked, Ranking
from reporter.analysis.run_conditions import in_words
from reporter.analysis.wording import joined, names
from reporter.language import Language

MOST_NAMED = 6


def doubts(ranking: Ranking, language: Language) -> Iterator[str]:
    """One sentence for each doubt; none where there is no load test."""
    if ranking.main is None:
        return
    yield from _disturbed(ranking, language)
    yield _spread(ranking.main, language)
    if not ranking.main.tests.known:
        yield language.say(
            "Under which conditions these load tests ran is not known ({conditions}): they are"
            " ranked among themselves.",
            conditions=in_words(ranking.main.tests, language),
        )
    yield _others(ranking, language)
    yield _left_out(ranking, language)


def _disturbed(ranking: Ranking, language: Language) -> Iterator[str]:
    if not ranking.disturbed:
        return
    found = names([machine.name for machine in ranking.disturbed], MOST_NAMED, language)
    if any(group.contenders for group in ranking.groups):
        yield language.say(
            "Not ranked and not recommended: the load test was disturbed on {names} and must be"
            " repeated.",
            names=found,
        )
    else:
        yield language.say(
            "Do not decide by this yet: the load test was disturbed on {names} and must be"
            " repeated.",
            names=found,
        )


def _spread(group: Ranked, language: Language) -> str:
    """What machines of one type differ by, and where that stands."""
    say = language.say
    if not group.by_speed:
        return ""
    between = _between(group)
    if between is not None and all(one.is_type for one in group.contenders):
        return say(
            "Machines of one type differ from each other by {spread} at most (coefficient of"
            " variation, one run of each), which is in these intervals.",
            spread=language.ratio(between),
        )
    if between is not None:
        return say(
            "Machines of one type differ from each other by {spread} at most (coefficient of"
            " variation, one run of each), which is in the intervals of types, and comes on top of"
            " those of single machines.",
            spread=language.ratio(between),
        )
    if not any(rate.interval for one in group.contenders for rate in one.rates(max_units)):
        return say(
            "No interval of these rates is known, nor how much machines of the same type differ:"
            " a load test of each, run three times, would tell both."
        )
    return say(
        "The intervals are of one run on each machine; how much machines of the same type differ"
        " from each other is unknown, because no type was measured on more than one machine."
    )


def _between(group: Ranked) -> float | None:
    """The largest spread between machines of one type; None when no type has several."""
    found: list[Estimate] = [
        spread for one in group.contenders if (spread := one.spread(max_units)) is not None
    ]
    return max((spread.value for spread in found), default=None)


def _others(ranking: Ranking, language: Language) -> str:
    """The machines that were measured under other conditions than the main class."""
    parts = [
        language.say(
            "{names} ({conditions})",
            names=names([m.name for m in group.tests.machines], MOST_NAMED, language),
            conditions=in_words(group.tests, language),
        )
        for group in ranking.groups[1:]
    ]
    if not parts or ranking.main is None:
        return ""
    return language.say(
        "These figures are of {conditions}; not held against them, for other conditions are other"
        " work: {others}.",
        conditions=in_words(ranking.main.tests, language),
        others="; ".join(parts),
    )


def _left_out(ranking: Ranking, language: Language) -> str:
    found = [m.name for group in ranking.groups for m in group.left_out]
    if not found:
        return ""
    return language.say(
        "Not ranked, since their runs had other conditions than most of their type: {names}.",
        names=names(found, MOST_NAMED, language),
    )


def not_alike(ranking: Ranking, language: Language) -> str:
    """Which machines a chart leaves out for the conditions of their runs; empty: none."""
    found = [m.name for group in ranking.groups[1:] for m in group.tests.machines]
    if not found:
        return ""
    return language.say(
        "Left out, for their load tests had other conditions: {names}.",
        names=names(found, MOST_NAMED, language),
    )


def not_ranked(ranking: Ranking, language: Language) -> str:
    """Which machines a chart of ranks leaves out, and why; empty: none."""
    main = ranking.main
    found = [m.name for m in ranking.disturbed if main and ranking.group(m) is main]
    found = found if main and main.contenders else []
    parts = [not_alike(ranking, language)]
    if found:
        called = names(found, MOST_NAMED, language)
        parts.append(language.say("Left out as disturbed: {names}.", names=called))
    return joined(*parts)
