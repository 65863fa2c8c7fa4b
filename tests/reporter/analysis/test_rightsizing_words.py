"""What those who pay read first, and the words of findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reporter.analysis.observed import Observed
from reporter.analysis.rightsizing import ResourceUse, SizeDemand, judge
from reporter.analysis.rightsizing_advice import Advice, advise, by_saving
from reporter.analysis.rightsizing_labels import reasons_words, risk_words
from reporter.analysis.rightsizing_targets import offers
from reporter.analysis.rightsizing_totals import totals
from reporter.analysis.rightsizing_words import sentences, short_sentence
from reporter.asking.machines import Machine
from reporter.language import ENGLISH, Language
from reporter.settings.rightsizing import SizingRules
from tests.reporter.sized import GIB, busy, demand, typed, untested
from workload.prediction.findings import MachineResource

RULES = SizingRules()
SMALL = typed("small", 1000.0, 0.1)
BIG = typed("big", 4000.0, 0.4, memory=16 * GIB)
Busy = Sequence[tuple[Machine, Observed | None]]


def advices(*needs: SizeDemand) -> list[Advice]:
    every = offers([SMALL, BIG], {})
    return by_saving([advise(judge(need, RULES), every, RULES) for need in needs])


def said(needs: list[SizeDemand], now: Busy = (), last: Busy = ()) -> list[str]:
    found = advices(*needs)
    machines = [need.machine for need in needs]
    return sentences(totals(machines, found, now, last), found, ENGLISH)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (
            [demand(BIG, 0.1, 0.1)],
            [
                "big costs $292.00 a month of 730 hours.",
                "Another measured type in the place of big would save $219.00 a month (75 % of the"
                " cost).",
            ],
        ),
        (
            [demand(BIG, 0.1, 0.1), demand(replace(BIG, name="b"), 0.1, 0.1)],
            [
                "The 2 machines cost $584.00 a month of 730 hours.",
                "Other measured types in the place of 2 machines would save $438.00 a month (75 %"
                " of the cost).",
            ],
        ),
        (
            [demand(SMALL, 0.5, 0.5), demand(replace(SMALL, name="b", price=None), 0.5, 0.5)],
            [
                "1 of 2 machines have a price; these cost $73.00 a month of 730 hours.",
                "None of the machines with a load test and a price has a cheaper measured type that"
                " surely carries its work.",
            ],
        ),
        (
            [demand(untested(SMALL), 0.95, 0.5)],
            [
                "small costs $73.00 a month of 730 hours.",
                "Whether another type would cost less cannot be told: it takes a load test of both,"
                " and a price.",
                "small is too small for its work.",
            ],
        ),
        (
            [demand(SMALL, 0.95, 0.5)],
            [
                "small costs $73.00 a month of 730 hours.",
                "None of the machines with a load test and a price has a cheaper measured type that"
                " surely carries its work.",
                "small is too small for its work. What carries it costs $219.00 a month more.",
            ],
        ),
        (
            [demand(replace(SMALL, price=None), 0.5, days=1)],
            [
                "No machine has a price, so neither its cost nor a saving can be told.",
                "Nothing is found about sizes: no machine has 30 hours of CPU time in the range.",
            ],
        ),
    ],
)
def test_sentences(needs: list[SizeDemand], expected: list[str]) -> None:
    assert said(needs) == expected


def test_idle_money_and_the_period_before() -> None:
    now, last = [(BIG, busy(0.25))], [(BIG, busy(0.5, days=7))]
    found = said([demand(BIG, 0.1, 0.1)], now, last)
    assert found[0] == (
        "big costs $292.00 a month of 730 hours. In this range $134.40 were paid for 336 hours of"
        " machines, $100.80 of it (75 %) for time in which their CPUs had nothing to do."
    )
    assert found[-1] == (
        "In the period before, of the same length, $67.20 were paid for the machines of both, and"
        " $134.40 in this one; of it 50 % and 75 % were for idle time."
    )


def test_many_names_are_counted() -> None:
    needs = [demand(replace(untested(SMALL), name=f"m{i}"), 0.95, 0.5) for i in range(8)]
    needs += [demand(replace(SMALL, name="young"), 0.5, days=1)]
    found = said(needs)
    assert found[-2] == "8 are too small for their work: m0, m1, m2, m3, m4 and 3 more."
    assert found[-1] == ("Nothing is found about young: less than 30 hours of CPU time are known.")


def test_less_data_than_the_look_back() -> None:
    whole, week, day = (demand(SMALL, 0.5, 0.5, days=days) for days in (14, 7, 1))
    short = [replace(week, machine=replace(SMALL, name=name)) for name in ("a", "b")]
    assert short_sentence(advices(whole, day), RULES, ENGLISH) == ""
    assert short_sentence(advices(whole, *short), RULES, ENGLISH) == (
        "Of a, b less than the 14 days are known, of one of them 7.0 days: what they did before"
        " may have been more."
    )


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (
            demand(
                BIG,
                0.9,
                0.1,
                [(MachineResource.FILE_SYSTEM, ResourceUse(0.5, None, "/data", fills_up=True))],
            ),
            [
                "CPU too small: 90.0 %",
                "memory too large: 10.0 %",
                "file system /data fills up: 50.0 %",
            ],
        ),
        (demand(BIG, 0.9, days=1), ["24.0 h of data, 30 are needed"]),
        (demand(BIG, None), ["no CPU time is known"]),
        (SizeDemand(BIG, busy(0.5, days=2)), ["too few samples for the percentile"]),
    ],
)
def test_reasons(need: SizeDemand, words: list[str]) -> None:
    assert reasons_words(judge(need, RULES), ENGLISH) == words


def test_a_risk_in_words() -> None:
    (found,) = advices(demand(BIG, 0.15, 0.2, days=7))
    assert found.target
    assert found.risk
    assert risk_words(found, found.risk, found.target, RULES, ENGLISH) == (
        "medium: one run of each; 7.0 of 14 days of data; network not checked"
    )
    german = risk_words(found, found.risk, found.target, RULES, Language("de"))
    assert german == "mittel: je ein Lauf; 7,0 von 14 Tagen Daten; Netz nicht geprüft"
