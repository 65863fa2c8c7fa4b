"""Names and ratios in words, as sentences of a report have them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.estimates.ratios import MOST_RUNS, Ratio
from reporter.language import Language

# What a ratio's interval is made of, see ``estimates.ratios``.
BY_MACHINES, BY_RUNS, BY_SLICES, BY_PAIRS = "machines", "known", "slices", "pairs"


def joined(*sentences: str) -> str:
    """Sentences of one remark; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)


def names(found: Sequence[str], most: int, language: Language) -> str:
    """The first of some names, and how many others there are."""
    shown = ", ".join(found[:most])
    if len(found) <= most:
        return shown
    rest = language.number(len(found) - most)
    return language.say("{names} and {count} more", names=shown, count=rest)


def more(difference: Ratio | None, language: Language) -> str:
    """How many more runs, or machines, would settle a difference, in words."""
    say = language.say
    if difference is None or difference.more is None:
        return say("an interval of both is needed to say how many runs would settle it")
    count = language.number(min(difference.more, MOST_RUNS))
    # No singular: a spread means nothing before there are three runs of each.
    if difference.basis == BY_MACHINES and difference.more > MOST_RUNS:
        return say("not even {count} more machines of each would settle it", count=count)
    if difference.basis == BY_MACHINES and difference.more == 1:
        return say("about one more machine of each is needed")
    if difference.basis == BY_MACHINES:
        return say("about {count} more machines of each are needed", count=count)
    if difference.more > MOST_RUNS:
        return say("not even {count} more runs of each would settle it", count=count)
    return say("at least {count} more runs of each are needed", count=count)


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
