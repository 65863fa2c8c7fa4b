"""Verdicts of types, in whole sentences, from machines whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from reporter.analysis.against_baseline import AgainstBaseline
from reporter.analysis.comparison import max_units, units_per_dollar
from reporter.analysis.contenders import compare, contenders
from reporter.analysis.ranking import Ranking
from reporter.analysis.verdict import verdict
from reporter.asking.machines import BurstBaseline, Machine
from reporter.language import ENGLISH
from tests.reporter.made import machine


def of(
    name: str,
    kind: str,
    most: float,
    price: float | None = 0.1,
    *,
    version: str = "5",
    profile: str = "default",
    valid: bool | None = True,
    full: bool | None = True,
    conditions: str = "c",
    cpus: int = 4,
) -> Machine:
    """A machine of a type, with one run."""
    made = machine(name, most, price)
    assert made.test
    run = {"kernel_version": version, "profile": profile, "conditions": conditions}
    test = replace(made.test, test_id=name, valid=valid, full=full, **run)
    return replace(made, instance_type=kind, cpus=cpus, test=test)


def several(kind: str, mean: float, count: int, price: float = 0.1, **more: str) -> list[Machine]:
    """So many machines of a type, a percent apart from their neighbours."""
    steps = np.arange(count) - (count - 1) / 2
    return [
        of(f"{kind}-{i}", kind, float(mean * math.exp(0.01 * step)), price, **more)  # type: ignore[arg-type]
        for i, step in enumerate(steps)
    ]


def bare(made: Machine) -> Machine:
    """The same without any interval, as another program's curve has it."""
    assert made.test
    nothing = np.full(len(made.test.curve.busy), np.nan)
    curve = replace(made.test.curve, lower=nothing, upper=nothing)
    test = replace(
        made.test, curve=curve, max=None, full=None, valid=None, profile="imported", conditions=""
    )
    worth = made.units_per_dollar.value if made.units_per_dollar else None
    return replace(made, test=test, units_per_dollar=None, bare_units_per_dollar=worth)


QUICK, SLOW = several("quick", 1200.0, 5), several("slow", 1000.0, 5)
LEVEL = several("level", 1195.0, 5)
BEST_VALUE = (
    "aws quick (5 machines) does the most work for the money: 12,000 units per second for a dollar"
    " an hour, at $0.1000 an hour, 20 % (17 to 23 %) more than aws slow (5 machines), by the spread"
    " between machines of a type."
)
FASTEST = (
    "aws quick (5 machines) is the fastest with 1,200 units per second; that is 20 % (17 to 23 %)"
    " more than aws slow (5 machines), by the spread between machines of a type."
)
WITHIN = (
    "Machines of one type differ from each other by 1.6 % at most (coefficient of variation, one"
    " run of each), which is in these intervals."
)
ONE_RUN = (
    "The intervals are of one run on each machine; how much machines of the same type differ from"
    " each other is unknown, because no type was measured on more than one machine."
)
BARE = (
    "No interval of these rates is known, nor how much machines of the same type differ: a load"
    " test of each, run three times, would tell both."
)

# What is measured, and every sentence that is said of it.
SAID: dict[str, tuple[list[Machine], list[str]]] = {
    "two types that differ": (
        [*SLOW, *QUICK],
        [
            BEST_VALUE,
            FASTEST,
            WITHIN,
        ],
    ),
    "the best is not told from one of the others": (
        [*SLOW, *QUICK, *LEVEL],
        [
            "aws quick (5 machines) does 12,000 units per second for a dollar an hour and aws level"
            " (5 machines) 11,950, which the spread between machines of a type does not tell apart;"
            " about 222 more machines of each are needed.",
            "aws quick (5 machines) does 1,200 units per second and aws level (5 machines) 1,195,"
            " which the spread between machines of a type does not tell apart; about 222 more"
            " machines of each are needed.",
            WITHIN,
        ],
    ),
    "a single machine beside types": (
        [*QUICK, *SLOW, of("lonely", "odd", 900.0)],
        [
            BEST_VALUE,
            FASTEST,
            "Machines of one type differ from each other by 1.6 % at most (coefficient of"
            " variation, one run of each), which is in the intervals of types, and comes on top of"
            " those of single machines.",
        ],
    ),
    "a disturbed run silences nothing": (
        [*SLOW, *QUICK, of("noisy", "quick", 2400.0, valid=False)],
        [
            BEST_VALUE,
            FASTEST,
            "Not ranked and not recommended: the load test was disturbed on noisy and must be"
            " repeated.",
            WITHIN,
        ],
    ),
    "another kernel version is other work": (
        [
            *SLOW,
            *QUICK,
            of("old", "quick", 2400.0, version="4"),
            of("older", "slow", 9e3, version="4"),
        ],
        [
            BEST_VALUE,
            FASTEST,
            WITHIN,
            "These figures are of kernel version 5, profile default; not held against them, for"
            " other conditions are other work: old, older (kernel version 4, profile default).",
        ],
    ),
    "one machine of each version": (
        [of("new", "a", 100.0), of("old", "b", 200.0, version="4")],
        [
            "new does 1,000 units per second for a dollar an hour, at $0.1000 an hour; no other's"
            " can be held against that.",
            "new does 100.0 units per second at full load, 2.00 times what one worker does alone.",
            ONE_RUN,
            "These figures are of kernel version 5, profile default; not held against them, for"
            " other conditions are other work: old (kernel version 4, profile default).",
        ],
    ),
    "a machine of a type under other conditions": (
        [*QUICK, of("clang", "quick", 5000.0, conditions="d")],
        [
            "aws quick (5 machines) does 12,000 units per second for a dollar an hour, at $0.1000"
            " an hour; no other's can be held against that.",
            "aws quick (5 machines) does 1,200 units per second at full load.",
            WITHIN,
            "Not ranked, since their runs had other conditions than most of their type: clang.",
        ],
    ),
    "old curves": (
        [
            bare(of("old-1", "a", 100.0, 0.01, version="training-curve-1")),
            bare(of("old-2", "b", 300.0, 0.05, version="training-curve-1")),
        ],
        [
            "In one run of each, old-1 did 10,000 units per second for a dollar an hour, at $0.0100"
            " an hour, and old-2 6,000; without an interval of both nobody can say whether they"
            " differ. One run each cannot say which machine is better value; an interval of both is"
            " needed to say how many runs would settle it.",
            "In one run of each, old-2 did 300.0 units per second and old-1 100.0; without an"
            " interval of both nobody can say whether they differ. One run each cannot say which"
            " machine is faster; an interval of both is needed to say how many runs would settle"
            " it.",
            BARE,
            "Under which conditions these load tests ran is not known (unknown conditions, kernel"
            " version training-curve-1, profile imported): they are ranked among themselves.",
        ],
    ),
    "sysbench with two limits of primes": (
        [
            bare(of("s-1", "a", 100.0, 0.01, version="1.0.20-primes-10000")),
            bare(of("s-2", "b", 50.0, 0.01, version="1.0.20-primes-20000")),
        ],
        [
            "s-1 does 10,000 units per second for a dollar an hour, at $0.0100 an hour; no other's"
            " can be held against that.",
            "s-1 does 100.0 units per second at full load, 2.00 times what one worker does alone.",
            BARE,
            "Under which conditions these load tests ran is not known (unknown conditions, kernel"
            " version 1.0.20-primes-10000, profile imported): they are ranked among themselves.",
            "These figures are of unknown conditions, kernel version 1.0.20-primes-10000, profile"
            " imported; not held against them, for other conditions are other work: s-2 (unknown"
            " conditions, kernel version 1.0.20-primes-20000, profile imported).",
        ],
    ),
    "all are disturbed": (
        [of("a", "a", 100.0, valid=False), of("b", "b", 100.0, valid=False)],
        [
            "No units per dollar of an undisturbed load test are known, so none can be called good"
            " value.",
            "Do not decide by this yet: the load test was disturbed on a, b and must be repeated.",
        ],
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_what_is_said(case: str) -> None:
    machines, expected = SAID[case]
    assert verdict(Ranking(machines), ENGLISH) == expected


def test_ranks_are_of_types_and_within_their_conditions() -> None:
    old = [of(f"old-{i}", "old", 1e6, version="4") for i in range(2)]
    curve = bare(of("curve", "c", 1e9, version="training-curve-1"))
    noisy = of("noisy", "quick", 1e9, valid=False)
    ranking = Ranking([*SLOW, *QUICK, *old, curve, noisy])
    assert {name: rank for name, rank in ranking.ranks.items() if name.startswith("quick")} == {
        f"quick-{i}": (1, "") for i in range(5)
    }
    assert ranking.ranks["slow-3"] == (2, "")
    assert ranking.ranks["old-0"] == ranking.ranks["old-1"] == (1, "a")
    assert ranking.ranks["curve"] == (1, "b")
    assert "noisy" not in ranking.ranks
    assert ranking.withheld(noisy) == "disturbed"
    assert [on for m in (QUICK[0], SLOW[0]) if (on := ranking.on_front(m)) is not None] == [
        True,
        False,
    ]
    # Neither is beaten: they take no part.
    assert [ranking.on_front(m) for m in (old[0], curve, noisy)] == [None, None, None]


def test_the_conditions_of_the_chosen_baseline_come_first() -> None:
    old = of("old", "old", 10.0, version="4")
    assert Ranking([*QUICK, old]).ranks["old"] == (1, "a")
    chosen = Ranking([*QUICK, old], "old")
    assert chosen.ranks["old"] == (1, "")
    assert chosen.ranks["quick-0"] == (1, "a")


def test_one_type_of_several_sizes_is_several_types() -> None:
    sizes = [of(f"{cpus}-{i}", "flex", 100.0 * cpus, cpus=cpus) for cpus in (2, 4) for i in (1, 2)]
    found, left = contenders(sizes)
    assert [one.name for one in found] == ["aws flex, 2 CPUs", "aws flex, 4 CPUs"]
    assert left == []


def test_a_difference_of_types_is_that_of_welch() -> None:
    ranking = Ranking([*SLOW, *QUICK])
    slow, quick = ranking.contenders
    found = compare(quick, slow, max_units)
    expected = ratios.compare(
        [[Rate(m.test.max.value, None)] for m in SLOW if m.test and m.test.max],
        [[Rate(m.test.max.value, None)] for m in QUICK if m.test and m.test.max],
    )
    assert found == expected
    assert expected.basis == "machines"
    (row,) = AgainstBaseline(ranking, SLOW[2]).rows
    assert (row.name, row.units) == ("aws quick", expected)


def test_no_ratio_of_what_cannot_be_compared() -> None:
    every = [
        of("base", "a", 100.0),
        of("old", "b", 200.0, version="4"),
        of("noisy", "c", 200.0, valid=False),
        of("part", "d", 200.0, full=False),
        bare(of("curve", "e", 200.0, version="training-curve-1")),
        of("quick", "f", 200.0, profile="quick"),
        of("fit", "g", 200.0),
    ]
    against = AgainstBaseline(Ranking(every), every[0])
    assert {row.name: row.withheld for row in against.rows} == {
        "old": "conditions",
        "noisy": "disturbed",
        "part": "part of the machine",
        "curve": "conditions",
        "quick": "conditions",
        "fit": "",
    }
    assert [row.name for row in against.rows if row.units or row.per_dollar] == ["fit"]
    # What they cost is known all the same.
    assert [row.price for row in against.rows] == [1.0] * 6


def test_a_burstable_machine_is_said_to_be_by_its_baseline() -> None:
    burst = of("burst", "t3.large", 1000.0, 0.1)
    assert burst.test
    lent = replace(burst.test, baseline=BurstBaseline(300.0, 297.0, 303.0, "type"))
    worth = lent.max and replace(lent.max, value=3000.0, lower=2970.0, upper=3030.0)
    burst = replace(burst, test=lent, units_per_dollar=worth)
    money, speed, *_ = verdict(Ranking([burst, of("plain", "a", 500.0, 0.1)]), ENGLISH)
    assert money.startswith("In one run of each, plain did the most work for the money: 5,000")
    assert money.endswith(
        "Units per dollar of burst are those of the baseline, which a burstable machine does for"
        " good; full load is 3.3 times as much, and lent."
    )
    assert speed.startswith(
        "In one run of each, burst was the fastest with 1,000 units per second, 2.00 times what one"
        " worker does alone, of which it holds 300.0 for good (it is burstable); that was"
    )
    # On the front of price and work it stands by what it does for good.
    assert Ranking([burst, of("plain", "a", 500.0, 0.1)]).front == {"plain"}


def false_verdicts(types: int, draws: int, spread: float) -> float:
    """How often one of some equal types is said to give the most work for the money."""
    random, wrong = np.random.default_rng(20261130), 0
    for _ in range(draws):
        rates = 1000 * np.exp(spread * random.standard_normal((types, 4)))
        made: Sequence[Machine] = [
            of(f"{t}-{i}", f"t{t}", float(rate))
            for t in range(types)
            for i, rate in enumerate(rates[t])
        ]
        wrong += "does the most work" in verdict(Ranking(made), ENGLISH)[0]
    return wrong / draws


@pytest.mark.parametrize("types", [2, 3])
def test_equal_types_are_told_apart_in_five_of_a_hundred_at_most(types: int) -> None:
    draws = 200
    assert false_verdicts(types, draws, 0.02) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / draws)


def test_units_per_dollar_of_a_type_hold_their_truth() -> None:
    random, draws, held = np.random.default_rng(7), 500, 0
    for _ in range(draws):
        rates = np.exp(0.02 * random.standard_normal(6))
        made = [of(f"m{i}", "t", float(rate), 1.0) for i, rate in enumerate(rates)]
        rate = Ranking(made).contenders[0].rate(units_per_dollar)
        assert rate
        assert rate.interval
        held += rate.interval.lower <= 1.0 <= rate.interval.upper
    assert abs(held / draws - 0.95) <= 3 * math.sqrt(0.95 * 0.05 / draws)
