"""A report's verdict where a machine's earlier runs tell what its runs vary by."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from loadtest import comparison
from loadtest.earlier_runs import Earlier
from loadtest.sides import Side
from perfanalysis.promql import Sample
from perfanalysis.results.document import Document
from reporter.analysis.against_baseline import AgainstBaseline
from reporter.analysis.change import changes, sentences
from reporter.analysis.comparison import max_units, of_machines
from reporter.analysis.ranking import Ranking
from reporter.analysis.verdict import verdict
from reporter.asking import machine_queries as queries
from reporter.asking.machine_assembly import assemble
from reporter.asking.machines import Machine
from reporter.asking.query import InstantQuery
from reporter.language import ENGLISH
from tests.loadtest.simulated import Simulation
from tests.reporter.made import machine

# Their logarithms have a standard deviation of about 0.4 %.
SHARES = (0.995, 1.0, 1.005, 0.998, 1.002, 1.001)


def measured(
    name: str, most: float, shares: Sequence[float] = SHARES, test_id: str = "now"
) -> Machine:
    found = machine(name, most, 0.05)
    assert found.test
    earlier = {f"{test_id}-{i}": most * share for i, share in enumerate(shares)}
    return replace(found, test=replace(found.test, test_id=test_id, earlier=earlier))


def said(*machines: Machine) -> str:
    return " ".join(verdict(Ranking(machines), ENGLISH))


def test_machines_that_differ_by_more_than_their_runs_do() -> None:
    text = said(measured("a", 1030.0), measured("b", 1000.0))
    assert "a does the most work for the money" in text
    assert "more than b, by the spread of their earlier runs" in text
    assert "a is the fastest with 1,030" in text
    assert "One run each cannot say" not in text


def test_machines_that_differ_by_less_are_not_told_apart() -> None:
    text = said(measured("a", 1003.0), measured("b", 1000.0))
    assert "which the spread of their earlier runs does not tell apart; at least" in text
    assert "is the fastest" not in text


@pytest.mark.parametrize("shares", [(), (1.0,)])
def test_of_both_machines_it_must_be_known(shares: tuple[float, ...]) -> None:
    text = said(measured("a", 1100.0), measured("b", 1000.0, shares))
    assert "One run each cannot say which machine is faster" in text
    both = [measured("a", 1100.0, shares), measured("b", 1000.0)]
    (one,) = AgainstBaseline(Ranking(both), both[1]).rows
    assert one.units is not None
    assert (one.units.basis, one.units.verdict) == ("slices", "cannot tell")


def test_it_is_what_compare_says_with_an_archive() -> None:
    made = Simulation(5)
    runs = {name: made.runs(8, truth, 0.005, name) for name, truth in (("a", 1e3), ("b", 1030))}
    machines = []
    for name, documents in runs.items():
        most = [document.max_units_per_second or 0.0 for document in documents]
        own = machine(name, most[0], None, 0.001)
        assert own.test
        earlier = {d.test_id: v for d, v in zip(documents[1:], most[1:], strict=True)}
        machines.append(replace(own, test=replace(own.test, earlier=earlier)))

    def others(run: Document) -> Earlier:
        return Earlier((tuple(runs[run.machine.name or ""][1:]),))

    sides = [Side(name, (documents[0],)) for name, documents in runs.items()]
    expected = comparison.compare(sides[0], sides[1], others).primary.ratio
    found = of_machines(machines[1], machines[0], max_units)
    assert found is not None
    assert found.basis == expected.basis == "known"
    for one, other in ((found.lower, expected.lower), (found.upper, expected.upper)):
        assert one == pytest.approx(other)
    assert found.verdict == expected.verdict
    assert found.df == expected.df


def test_equal_machines_are_told_apart_in_five_of_a_hundred() -> None:
    random, draws, wrong = np.random.default_rng(20261124), 1000, 0
    for _ in range(draws):
        one, other = (
            measured(name, float(most), tuple(np.exp(0.005 * random.standard_normal(7))))
            for name, most in zip(
                "ab", 1000 * np.exp(0.005 * random.standard_normal(2)), strict=True
            )
        )
        found = of_machines(one, other, max_units)
        assert found is not None
        wrong += found.verdict != "cannot tell"
    assert wrong / draws <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / draws)


def test_what_has_changed_is_no_spread() -> None:
    before = measured("a", 1000.0, test_id="before")
    after = measured("a", 970.0, test_id="after")
    assert before.test
    assert after.test
    # Thirty days before the later range's end, there are the runs before the change, too.
    all_runs = {**before.test.earlier, "before": 1000.0, **after.test.earlier}
    after = replace(after, test=replace(after.test, earlier=all_runs))
    (one,) = changes([before], [after])
    assert one.ratio is not None
    assert (one.ratio.basis, one.ratio.verdict) == ("known", "slower")
    assert one.ratio.df == 2 * (len(SHARES) - 1)
    (text,) = sentences([one], ENGLISH)
    assert "3.0 % (" in text
    assert "less by the spread of its other runs." in text
    more = changes([before], [measured("a", 1030.0)])
    assert "more by the spread of its other runs." in sentences(more, ENGLISH)[0]
    same = changes([before], [measured("a", 1001.0)])
    assert "which the spread of its other runs does not tell apart" in sentences(same, ENGLISH)[0]


def test_runs_under_other_conditions_tell_nothing() -> None:
    own = {"instance": "a", "kernel": "rmw"}
    answers: dict[InstantQuery, list[Sample]] = defaultdict(list)
    answers[queries.MACHINES] = [Sample(own, 9.0, 1.0)]
    answers[queries.LEVEL_UNITS] = [Sample({**own, "busy": "100"}, 9.0, 1000.0)]
    answers[queries.RUN] = [Sample({**own, "test_id": "now"}, 9.0, 1.0)]
    runs = (("now", "c", 1000.0), ("before", "c", 990.0), ("quick", "d", 700.0))
    answers[queries.RUNS] = [
        Sample({**own, "test_id": test_id, "conditions": conditions}, 9.0, rate)
        for test_id, conditions, rate in runs
    ]
    (found,) = assemble(["a"], answers)
    assert found.test
    assert found.test.earlier == {"before": 990.0}
    # The series of a run that is not among them tells no conditions.
    answers[queries.RUN] = [Sample({**own, "test_id": "other"}, 9.0, 1.0)]
    (found,) = assemble(["a"], answers)
    assert found.test
    assert found.test.earlier == {}
