"""How the first of an order stands to the others, and how contenders are called. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates.ratios import CANNOT_TELL, Ratio
from reporter.analysis.comparison import Measure
from reporter.analysis.contenders import Contender, compare
from reporter.analysis.wording import BY_SLICES, names
from reporter.language import Language


@dataclass(frozen=True)
class Lead:
    """The first of an order, and the one that it is held against.

    Attributes:
        best: the first.
        other: the next of which it is not told apart; if there is none, the second.
        difference: between both; None: unknown.
        unclear: all that it is not told apart from, but for ``other``.
    """

    best: Contender
    other: Contender
    difference: Ratio | None
    unclear: tuple[Contender, ...]


def lead(order: Sequence[Contender], measure: Measure) -> Lead:
    """How the first of at least two stands to the others."""
    found = [(other, compare(order[0], other, measure)) for other in order[1:]]
    unclear = [(one, by) for one, by in found if by is None or by.verdict == CANNOT_TELL]
    other, difference = (unclear or found)[0]
    return Lead(order[0], other, difference, tuple(one for one, _ in unclear if one is not other))


def label(one: Contender, language: Language, *, types: bool) -> str:
    """A contender's name; where there are types, with what it is.

    Args:
        one: which.
        language: of the words.
        types: whether there are types among those that it is named beside.
    """
    if one.is_type:
        count = language.number(len(one.machines))
        return language.say("{name} ({count} machines)", name=one.name, count=count)
    if not types:
        return one.name
    kind = one.machine.short_type
    if not kind or kind == one.name:
        return language.say("{name} (one machine)", name=one.name)
    return language.say("{name} (one machine, {type})", name=one.name, type=kind)


def also(head: Lead, language: Language) -> str:
    """What else the first is not told apart from; of one run each, that is said already."""
    if not head.unclear or (head.difference and head.difference.basis == BY_SLICES):
        return ""
    called = names([one.name for one in head.unclear], 4, language)
    return language.say("Nor is it told apart from {names}.", names=called)


def value_of(one: Contender, measure: Measure) -> float:
    """The measure of a contender that has it."""
    rate = one.rate(measure)
    assert rate
    return rate.value
