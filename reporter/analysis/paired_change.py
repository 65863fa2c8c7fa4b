"""What has changed on machines that are in both ranges, paired by their names. Pure.

What machines differ by cancels out in their own ratios (after by before): six machines that all
became 2 % slower tell that, while each of them alone, and both sides as wholes, do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import CANNOT_TELL, MOST_RUNS, Ratio
from reporter.analysis.change import Change
from reporter.analysis.wording import joined, names, percent
from reporter.asking.machines import Machine
from reporter.language import Language

MOST_NAMED = 6


@dataclass(frozen=True)
class PairedChange:
    """The change of several machines.

    Attributes:
        type: provider and instance type; empty: all machines that can be paired.
        machines: their names.
        ratio: after by before: the geometric mean of theirs, with Student's interval of these.
    """

    type: str
    machines: tuple[str, ...]
    ratio: Ratio


def paired(found: Sequence[Change]) -> list[PairedChange]:
    """The change of all pairs, then of each type with several where there are several types.

    A machine takes part whose runs in both ranges can be held against each other, and which is the
    same machine still. With fewer than two there is nothing to say.
    """
    fit = [one for one in found if one.ratio and one.same_machine]
    if len(fit) < 2:
        return []
    types: dict[str, list[Change]] = defaultdict(list)
    for one in fit:
        types[one.machine.short_type].append(one)
    of_types = [_pairs(name, own) for name, own in types.items() if name and len(own) > 1]
    return [_pairs("", fit), *(of_types if len(types) > 1 else [])]


def _pairs(name: str, found: Sequence[Change]) -> PairedChange:
    before = [[one.before] for one in found if one.before]
    after = [[one.after] for one in found if one.after]
    ratio = ratios.compare(before, after, paired=True)
    return PairedChange(name, tuple(one.machine.name for one in found), ratio)


def sentences(found: Sequence[Change], before: Sequence[Machine], language: Language) -> list[str]:
    """The change of all pairs and of types, and who takes no part; none without two pairs."""
    pairs = paired(found)
    if not pairs:
        return []
    head = joined(_sentence(pairs[0], language), _without(pairs[0], found, before, language))
    return [head, *(_of_type(one, language) for one in pairs[1:])]


def _values(one: PairedChange, language: Language) -> dict[str, str]:
    return {
        "count": language.number(len(one.machines)),
        "type": one.type,
        "percent": percent(one.ratio, language),
        "needed": _needed(one.ratio, language),
    }


def _sentence(one: PairedChange, language: Language) -> str:
    say, values = language.say, _values(one, language)
    if one.ratio.verdict == CANNOT_TELL:
        return say(
            "{count} machines of both ranges, paired by name: whether they do more or less work"
            " after than before cannot be told, the change is {percent}; {needed}.",
            **values,
        )
    if one.ratio.value > 1:
        return say(
            "{count} machines of both ranges, paired by name: they do {percent} more work after"
            " than before, by what their changes differ by.",
            **values,
        )
    return say(
        "{count} machines of both ranges, paired by name: they do {percent} less work after than"
        " before, by what their changes differ by.",
        **values,
    )


def _of_type(one: PairedChange, language: Language) -> str:
    say, values = language.say, _values(one, language)
    if one.ratio.verdict == CANNOT_TELL:
        return say(
            "{type} ({count} machines): cannot be told, the change is {percent}; {needed}.",
            **values,
        )
    if one.ratio.value > 1:
        return say("{type} ({count} machines): {percent} more work after than before.", **values)
    return say("{type} ({count} machines): {percent} less work after than before.", **values)


def _needed(ratio: Ratio, language: Language) -> str:
    if ratio.more is None or ratio.more > MOST_RUNS:
        count = language.number(MOST_RUNS)
        return language.say("not even {count} more machines would settle it", count=count)
    if ratio.more == 1:
        return language.say("about one more machine is needed")
    count = language.number(ratio.more)
    return language.say("about {count} more machines are needed", count=count)


def _without(
    pairs: PairedChange, found: Sequence[Change], before: Sequence[Machine], language: Language
) -> str:
    """The machines of either range that take no part."""
    after = {one.machine.name for one in found}
    left = [one.machine.name for one in found if one.machine.name not in pairs.machines]
    left += [machine.name for machine in before if machine.name not in after]
    if not left:
        return ""
    return language.say("Not paired: {names}.", names=names(left, MOST_NAMED, language))
