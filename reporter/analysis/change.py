"""What has changed between two ranges at full load, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfanalysis.estimates.ratios import CANNOT_TELL, Ratio, RunSpread
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import run_spread
from reporter.analysis.comparison import by_earlier_runs, max_units, ratio
from reporter.analysis.verdict import more, percent
from reporter.asking.machines import Machine
from reporter.language import Language

MOST_SENTENCES = 8


@dataclass(frozen=True)
class Change:
    """One machine's load test before and after.

    Attributes:
        machine: as it is after.
        before, after: units per second at full load; None: no test with an interval.
        ratio: after by before; None: one of them is unknown, or both are of the same run.
        same_run: whether both ranges have the same run.
    """

    machine: Machine
    before: Estimate | None
    after: Estimate | None
    ratio: Ratio | None
    same_run: bool = False


def changes(before: Sequence[Machine], after: Sequence[Machine]) -> list[Change]:
    """A change for each machine of ``after``, in that order; machines are matched by name."""
    earlier = {machine.name: machine for machine in before}
    return [_change(earlier.get(machine.name), machine) for machine in after]


def _change(old: Machine | None, machine: Machine) -> Change:
    first, last = max_units(old) if old else None, max_units(machine)
    if old and old.test and machine.test and old.test.test_id == machine.test.test_id != "":
        return Change(machine, first, last, None, same_run=True)
    found = ratio(last, first, _known(old, machine)) if first and last else None
    return Change(machine, first, last, found)


def _known(old: Machine | None, machine: Machine) -> list[RunSpread]:
    """What runs of the machine vary by, before and after: what lies between is the change."""
    if old is None or old.test is None or machine.test is None:
        return []
    before, after = old.test.earlier, machine.test.earlier
    own = [rate for test_id, rate in after.items() if test_id not in {*before, old.test.test_id}]
    found = run_spread([list(before.values()), own])
    return [] if found is None else [found]


def sentences(found: Sequence[Change], language: Language) -> list[str]:
    """How many machines did more or less, each of the first eight, and what this cannot say."""
    said = [_sentence(change, language) for change in found[:MOST_SENTENCES]]
    if any(change.ratio and not by_earlier_runs(change.ratio) for change in found):
        said.append(language.say("One run each cannot say whether a machine became faster."))
    if len(found) == 1:
        return said
    apart = [change.ratio for change in found if change.ratio and change.ratio.apart]
    more_work = sum(one.value > 1 for one in apart)
    head = language.say(
        "Of {count} machines, {faster} did more at full load in the run after than in that before,"
        " {slower} less, and {rest} cannot be told apart.",
        count=language.number(len(found)),
        faster=language.number(more_work),
        slower=language.number(len(apart) - more_work),
        rest=language.number(len(found) - len(apart)),
    )
    return [head, *said]


def _sentence(change: Change, language: Language) -> str:
    say, name = language.say, change.machine.name
    if change.same_run:
        return say("{name}: the same load test in both ranges.", name=name)
    if change.before is None or change.after is None:
        return say("{name}: no load test with an interval in both ranges.", name=name)
    rates = {
        "name": name,
        "before": language.figures(change.before.value),
        "after": language.figures(change.after.value),
        "more": more(change.ratio, language),
    }
    if change.ratio and by_earlier_runs(change.ratio):
        return _by_earlier_runs(change.ratio, rates, language)
    if change.ratio is None or not change.ratio.apart:
        return say(
            "{name}: {before} units per second before, {after} after, which the runs' intervals do"
            " not tell apart; {more}.",
            **rates,
        )
    if change.ratio.value > 1:
        return say(
            "{name}: {before} units per second before, {after} after, {percent} more in one run of"
            " each; {more}.",
            percent=percent(change.ratio, language),
            **rates,
        )
    return say(
        "{name}: {before} units per second before, {after} after, {percent} less in one run of"
        " each; {more}.",
        percent=percent(change.ratio, language),
        **rates,
    )


def _by_earlier_runs(found: Ratio, rates: Mapping[str, str], language: Language) -> str:
    say = language.say
    if found.verdict == CANNOT_TELL:
        return say(
            "{name}: {before} units per second before, {after} after, which the spread of its other"
            " runs does not tell apart; {more}.",
            **rates,
        )
    if found.value > 1:
        return say(
            "{name}: {before} units per second before, {after} after, {percent} more by the spread"
            " of its other runs.",
            percent=percent(found, language),
            **rates,
        )
    return say(
        "{name}: {before} units per second before, {after} after, {percent} less by the spread of"
        " its other runs.",
        percent=percent(found, language),
        **rates,
    )
