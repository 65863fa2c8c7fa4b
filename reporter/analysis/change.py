"""What has changed between two ranges at full load, in numbers and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfanalysis.estimates.ratios import CANNOT_TELL, Rate, Ratio, RunSpread
from perfanalysis.estimates.variance import run_spread
from reporter.analysis.comparison import by_earlier_runs, max_units, ratio
from reporter.analysis.ranking import BY_CONDITIONS, BY_DISTURBANCE
from reporter.analysis.run_conditions import unlike
from reporter.analysis.wording import more, percent
from reporter.asking.machines import LoadTest, Machine
from reporter.language import Language

MOST_SENTENCES = 8
# What a machine that keeps its name may not change without being another one.
_HARDWARE = ("provider", "instance_type", "cpu_model", "architecture", "cpus")


@dataclass(frozen=True)
class Change:
    """One machine's load test before and after.

    Attributes:
        machine: as it is after.
        before, after: units per second at full load; None: unknown.
        ratio: after by before; None: one of them is unknown, both are of the same run, or they
            cannot be held against each other.
        same_run: whether both ranges have the same run.
        withheld: why there is no ratio: ``disturbed`` or ``conditions``; empty: nothing forbids it.
        same_machine: whether type, CPU and number of CPUs are what they were, as far as known.
    """

    machine: Machine
    before: Rate | None
    after: Rate | None
    ratio: Ratio | None
    same_run: bool = False
    withheld: str = ""
    same_machine: bool = True


def changes(before: Sequence[Machine], after: Sequence[Machine]) -> list[Change]:
    """A change for each machine of ``after``, in that order; machines are matched by name."""
    earlier = {machine.name: machine for machine in before}
    return [_change(earlier.get(machine.name), machine) for machine in after]


def _change(old: Machine | None, machine: Machine) -> Change:
    first, last = max_units(old) if old else None, max_units(machine)
    if old is None or old.test is None or machine.test is None:
        return Change(machine, first, last, None)
    same = _same_machine(old, machine)
    if old.test.test_id == machine.test.test_id != "":
        return Change(machine, first, last, None, same_run=True, same_machine=same)
    reason = _withheld(old.test, machine.test, same_machine=same)
    found = None
    if first and last and not reason:
        found = ratio(last, first, _known(old.test, machine.test) if same else [])
    return Change(machine, first, last, found, withheld=reason, same_machine=same)


def _withheld(old: LoadTest, new: LoadTest, *, same_machine: bool) -> str:
    """Why two runs of one name cannot be held against each other; empty: they can."""
    if not (old.sound and new.sound):
        return BY_DISTURBANCE
    # Two runs of one machine differ in nothing that is a condition; another machine has other CPUs.
    told = {old.conditions, new.conditions} - {""}
    return BY_CONDITIONS if unlike(old, new) or (same_machine and len(told) > 1) else ""


def _same_machine(old: Machine, new: Machine) -> bool:
    pairs = ((getattr(old, name), getattr(new, name)) for name in _HARDWARE)
    return all(first == last for first, last in pairs if first and last)


def _known(old: LoadTest, new: LoadTest) -> list[RunSpread]:
    """What runs of the machine vary by, before and after: what lies between is the change."""
    before, after = old.earlier, new.earlier
    own = [rate for test_id, rate in after.items() if test_id not in {*before, old.test_id}]
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
    if change.same_run or change.withheld:
        return _without_ratio(change, language)
    if change.before is None or change.after is None:
        return say("{name}: no load test in both ranges.", name=name)
    rates = {
        "name": name,
        "before": language.figures(change.before.value),
        "after": language.figures(change.after.value),
        "more": more(change.ratio, language),
    }
    if change.ratio and by_earlier_runs(change.ratio):
        return _by_earlier_runs(change.ratio, rates, language)
    if change.ratio is None or change.ratio.apart is None:
        return say(
            "{name}: {before} units per second before, {after} after; without an interval of both"
            " nobody can say whether they differ.",
            **rates,
        )
    return _by_one_run(change.ratio, rates, language)


def _without_ratio(change: Change, language: Language) -> str:
    """Why two runs are not held against each other."""
    say, name = language.say, change.machine.name
    if change.same_run:
        return say("{name}: the same load test in both ranges.", name=name)
    if change.withheld == BY_DISTURBANCE:
        return say("{name}: a load test of one of the ranges was disturbed.", name=name)
    return say(
        "{name}: the load tests of the ranges had other conditions (such as the kernel version) and"
        " cannot be compared.",
        name=name,
    )


def _by_one_run(found: Ratio, rates: Mapping[str, str], language: Language) -> str:
    say = language.say
    if not found.apart:
        return say(
            "{name}: {before} units per second before, {after} after, which the runs' intervals do"
            " not tell apart; {more}.",
            **rates,
        )
    if found.value > 1:
        return say(
            "{name}: {before} units per second before, {after} after, {percent} more in one run of"
            " each; {more}.",
            percent=percent(found, language),
            **rates,
        )
    return say(
        "{name}: {before} units per second before, {after} after, {percent} less in one run of"
        " each; {more}.",
        percent=percent(found, language),
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
