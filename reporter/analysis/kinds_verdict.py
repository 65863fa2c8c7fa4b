"""What a verdict holds for: the kernel that its figures are of, and kinds of real work. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer, Score
from perfanalysis.machines.facts.burstable import baseline_ratio
from reporter.analysis import kinds_of_work
from reporter.analysis.kinds_of_work import Scores
from reporter.analysis.report_data import ReportData
from reporter.asking.kind_queries import KIND_WORK
from reporter.asking.machines import Machine
from reporter.language import Language

_MOST_NAMED = 4


def of_report(data: ReportData) -> list[str]:
    """For what a report's first sentences hold; see ``sentences``."""
    asked = KIND_WORK in data.answers.samples
    scores = kinds_of_work.scores(data.answers) if asked else None
    return sentences(data.machines, scores, data.config.kernel, data.language)


def sentences(
    machines: Sequence[Machine], scores: Scores | None, kernel: str, language: Language
) -> list[str]:
    """For what the verdict holds; none where no machine has a load test.

    Args:
        machines: of the report.
        scores: by kind; None: nobody asked for them.
        kernel: that the verdict's figures are of.
        language: of the sentences.
    """
    say = language.say
    if not any(machine.test for machine in machines):
        return []
    found = [
        say(
            "These are figures of the kernel {kernel} alone; what it foretells of real work is not"
            " known.",
            kernel=kernel,
        )
    ]
    if len(machines) < 2 or scores is None:
        return found
    # Kernels tell a burstable machine's burst, and an hour of it gives its baseline.
    priced = {m.name: m.price for m in machines if m.price and not baseline_ratio(m.instance_type)}
    known = {name for by_machine in scores.values() for name in by_machine}
    for_money = len(known & priced.keys()) > 1
    taken = known & priced.keys() if for_money else known
    if len(taken) < 2:
        return [
            *found,
            say(
                "For no kind of real work can it be told which machine does more: the kernels that"
                " tell it were not measured on two of them (loadtest run --profile kinds)."
            ),
        ]
    prices = {name: priced[name] if for_money else 1.0 for name in taken}
    found += _by_leader(_leaders(scores, prices), language, for_money=for_money)
    left = [machine.name for machine in machines if machine.name not in taken]
    return [*found, *_left_out(left, language, for_money=for_money)]


def leader(kind: str, scored: Mapping[str, Score], prices: Mapping[str, float]) -> str:
    """The machine that surely does most of a kind for its price; "": that cannot be told.

    Args:
        kind: its name.
        scored: machines' scores, at least one.
        prices: of an hour, by machine; all alike where money does not count.
    """
    best = max(scored, key=lambda name: (scored[name].work / prices[name], name))
    for name, score in scored.items():
        if name == best:
            continue
        answer = answers.of_scores(shipped.kind(kind), scored[best], score)
        if not isinstance(answer, Answer) or answer.lower * prices[name] / prices[best] <= 1:
            return ""
    return best


def _leaders(scores: Scores, prices: Mapping[str, float]) -> dict[str, list[str]]:
    """The kinds in which each machine leads; those of "" cannot be told."""
    found: dict[str, list[str]] = {}
    for kind, by_machine in scores.items():
        scored = {name: score for name, score in by_machine.items() if name in prices}
        if len(scored) > 1:
            found.setdefault(leader(kind, scored, prices), []).append(kind)
    return found


def _by_leader(
    leaders: Mapping[str, Sequence[str]], language: Language, *, for_money: bool
) -> list[str]:
    say = language.say
    told = {name: kinds for name, kinds in leaders.items() if name}
    found = []
    if len(told) > 1:
        found.append(say("Which machine is the better one depends on the work."))
    for name, kinds in told.items():
        values = {"kinds": ", ".join(kinds), "name": name}
        found.append(
            say("For {kinds} {name} does the most work for the money.", **values)
            if for_money
            else say("For {kinds} {name} does the most work.", **values)
        )
    if untold := leaders.get(""):
        of_them = ", ".join(untold)
        found.append(
            say(
                "For {kinds} it cannot be told which machine does the most work for the money.",
                kinds=of_them,
            )
            if for_money
            else say(
                "For {kinds} it cannot be told which machine does the most work.", kinds=of_them
            )
        )
    return [" ".join(found)] if found else []


def _left_out(names: Sequence[str], language: Language, *, for_money: bool) -> list[str]:
    if not names:
        return []
    shown = ", ".join(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        more = language.number(len(names) - _MOST_NAMED)
        shown = language.say("{names} and {count} more", names=shown, count=more)
    if for_money:
        text = language.say(
            "Left out: {names}, whose work by kind, or price, or work beyond a burst, is not"
            " known.",
            names=shown,
        )
    else:
        text = language.say("Left out: {names}, whose work by kind is not known.", names=shown)
    return [text]
