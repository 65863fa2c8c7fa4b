"""Ranking, ratios, the verdict's sentences and remarks on the data, from data alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.estimates.ratios import Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Sample
from reporter.analysis.comparison import max_units, ratio, units_per_dollar
from reporter.analysis.contenders import contenders, ranked
from reporter.analysis.observed import from_samples
from reporter.analysis.quality import remarks, with_gaps
from reporter.analysis.ranking import Ranking, pareto
from reporter.analysis.verdict import verdict as of_ranking
from reporter.asking import differences
from reporter.asking.machines import Machine
from reporter.asking.query import InstantQuery
from reporter.asking.usage_queries import RESETS, RESTARTS, VIOLATIONS
from reporter.language import ENGLISH, Language
from tests.reporter.made import at_two_speeds, machine

SMALL, LARGE = machine("small", 300.0, 0.02), machine("large", 500.0, 0.05)
RANGE = (0.0, 60.0)
UNTESTED = Machine("untested")


def verdict(machines: Sequence[Machine], language: Language) -> list[str]:
    return of_ranking(Ranking(machines), language)


def front(machines: Sequence[Machine]) -> list[str]:
    return [one.name for one in pareto(contenders(machines)[0])]


def test_ranks_leave_out_what_is_unknown() -> None:
    every, left = contenders([UNTESTED, LARGE, SMALL, machine("free", 900.0, None)])
    assert left == []
    assert [m.name for m in ranked(every, units_per_dollar)] == ["small", "large"]
    assert [m.name for m in ranked(every, max_units)] == ["free", "large", "small"]


def test_the_front_of_price_and_work_is_of_the_work_that_was_done() -> None:
    # By its median it does as much as the large one, for less.
    one = at_two_speeds(machine("two-speeds", 510.0, 0.04), 0.9)
    assert front([SMALL, LARGE, one]) == ["small", "two-speeds", "large"]
    assert front([SMALL, LARGE, machine("steady", 510.0, 0.04)]) == [
        "small",
        "steady",
    ]
    found = remarks([SMALL, one], {}, {}, RANGE, ENGLISH)
    assert [text for text in found if "two speeds" in text] == [
        "two-speeds: the load test went to and fro between two speeds, the slow one 18 % below the"
        " quick one, for 30 % of the time: units per second compare its more frequent speed, units"
        " per dollar are of the mean of both."
    ]


def test_the_verdict_names_the_best_with_bounds() -> None:
    money, speed, doubt = verdict([LARGE, SMALL], ENGLISH)
    # 300 / 0.02 = 15,000 is half as much again as 500 / 0.05 = 10,000.
    assert money.startswith(
        "In one run of each, small did the most work for the money: 15,000 units per second"
    )
    assert "50 % (48 to 52 %) more than large. One run each cannot say which machine is" in money
    assert speed.startswith(
        "In one run of each, large was the fastest with 500.0 units per second, 2.00 times"
    )
    # However far apart two runs are: a spread means nothing before there are three of each.
    assert speed.endswith(
        "One run each cannot say which machine is faster; at least 2 more runs of each are needed."
    )
    assert "is unknown, because no type was measured on more than one machine" in doubt


def test_intervals_that_overlap_give_no_winner() -> None:
    close = machine("close", 301.0, 0.02)
    money, speed, _ = verdict([SMALL, close], ENGLISH)
    assert money.startswith("In one run of each, close did 15,050 units per second for a dollar")
    assert "and small 15,000, which their intervals do not tell apart. One run each" in money
    assert "close did 301.0 units per second and small 300.0, which their intervals" in speed
    # 0.33 % against intervals of 1 % each, joined to 1.41 %: (1.41 / 0.33 * 1.43)^2 is 36.8.
    assert speed.endswith("; at least 36 more runs of each are needed.")


def test_without_prices_and_with_a_spoiled_run() -> None:
    assert SMALL.test
    spoiled = replace(
        SMALL, price=None, units_per_dollar=None, test=replace(SMALL.test, valid=False)
    )
    sentences = verdict([spoiled], ENGLISH)
    assert sentences[0].startswith("No machine's units per dollar are known")
    assert sentences[1] == (
        "Do not decide by this yet: the load test was disturbed on small and must be repeated."
    )


def test_figures_of_spoiled_runs_are_not_called_unknown() -> None:
    assert SMALL.test
    assert SMALL.units_per_dollar is not None
    spoiled = replace(SMALL, test=replace(SMALL.test, valid=False))
    assert verdict([spoiled], ENGLISH)[0] == (
        "No units per dollar of an undisturbed load test are known, so none can be called good"
        " value."
    )


def of_estimates(one: Estimate, other: Estimate) -> Ratio | None:
    return ratio(Rate(one.value, one), Rate(other.value, other))


estimates = st.builds(
    lambda value, below, above: Estimate(value, value * (1 - below), value * (1 + above)),
    st.floats(0.1, 1e6),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
)


@given(estimates, estimates)
def test_a_ratio_lies_in_its_interval_and_is_apart_where_intervals_are_apart(
    one: Estimate, other: Estimate
) -> None:
    found = of_estimates(one, other)
    assert found
    assert found.value == pytest.approx(one.value / other.value)
    if found.lower is None or found.upper is None:
        return
    assert found.lower <= found.value * (1 + 1e-9)
    assert found.value <= found.upper * (1 + 1e-9)
    # The joined interval is narrower than the extreme quotients of the two.
    assert found.lower >= one.lower / other.upper * (1 - 1e-9)
    assert found.upper <= one.upper / other.lower * (1 + 1e-9)
    if one.lower > other.upper * (1 + 1e-9) or other.lower > one.upper * (1 + 1e-9):
        assert found.apart
    assert found.verdict == "cannot tell"


@given(estimates, estimates)
def test_a_ratio_turned_around_is_one_over_it(one: Estimate, other: Estimate) -> None:
    found, turned = of_estimates(one, other), of_estimates(other, one)
    assert found
    assert turned
    assert found.value * turned.value == pytest.approx(1)
    if found.lower and turned.upper:
        assert found.lower * turned.upper == pytest.approx(1)


def test_a_bound_at_zero_leaves_it_open() -> None:
    found = of_estimates(Estimate(1, 0, 2), Estimate(1, 0, 1))
    assert found
    assert not found.apart
    assert of_estimates(Estimate(0, 0, 2), Estimate(1, 1, 1)) is None


def test_remarks_say_what_is_missing() -> None:
    assert remarks([UNTESTED], {}, {}, RANGE, ENGLISH) == [
        "untested: no load test in the range.",
        "untested: no price is known, so no units per dollar.",
        "untested: no CPU time in the range.",
    ]


def test_remarks_name_the_rule_that_gave_no_value() -> None:
    found = remarks([replace(SMALL, by_rule=False)], {}, {}, RANGE, ENGLISH)
    assert any("perf_loadtest_units:paid has no value in the range" in text for text in found)
    assert not any("has no value" in text for text in remarks([SMALL], {}, {}, RANGE, ENGLISH))


def test_remarks_name_a_run_that_is_not_the_machines_own() -> None:
    assert SMALL.test
    part = replace(SMALL, test=replace(SMALL.test, full=False))
    found = remarks([part], {}, {}, RANGE, ENGLISH)
    assert any("had only a part of the machine" in text for text in found)
    # The rule leaves disturbed runs out: that it has no value of them says nothing more.
    disturbed = replace(SMALL, by_rule=False, test=replace(SMALL.test, valid=False))
    found = remarks([disturbed], {}, {}, RANGE, ENGLISH)
    assert not any("has no value" in text for text in found)


def test_remarks_on_steal_and_on_a_level_that_was_missed() -> None:
    assert SMALL.test
    curve = replace(SMALL.test.curve, steal=np.array([0.0, 0.031]), reached=np.array([0.4, 1.0]))
    found = remarks([replace(SMALL, test=replace(SMALL.test, curve=curve))], {}, {}, RANGE, ENGLISH)
    assert "small: 3.1 % of CPU time was stolen during the 100 % step." in found
    assert "small: 40 % busy was reached where 50 % was asked." in found


def test_stolen_time_of_several_steps_is_one_remark() -> None:
    assert SMALL.test
    curve = replace(SMALL.test.curve, steal=np.array([0.02, 0.031]))
    found = remarks([replace(SMALL, test=replace(SMALL.test, curve=curve))], {}, {}, RANGE, ENGLISH)
    expected = "small: CPU time was stolen during 2 steps, the most during the 100 % step: 3.1 %."
    assert [text for text in found if "stolen" in text] == [expected]


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ([], []),
        (
            [slice(400, 840)],
            [
                "small: CPU time is missing for 1 h 50 min of the range, from 1970-01-01 01:40:00"
                " UTC on."
            ],
        ),
        (
            [slice(400, 840), slice(1000, 1001)],
            [
                "small: CPU time is missing for 1 h 50 min of the range, in 2 gaps; the longest is"
                " 1 h 50 min, from 1970-01-01 01:40:00 UTC on."
            ],
        ),
    ],
)
def test_gaps_are_told_to_the_sample(lost: list[slice], told: list[str]) -> None:
    kept = np.ones(2001, bool)
    for part in lost:
        kept[part] = False
    times = 15.0 * np.arange(2001)[kept]
    own = from_samples(differences.gauge(times, np.full(len(times), 0.5)))
    found = remarks([SMALL], {"small": own}, {}, (0, 30_000), ENGLISH)
    assert [text for text in found if "CPU time" in text] == told


def test_gaps_become_nan() -> None:
    times, values = with_gaps(np.array([0.0, 15, 60]), np.array([1.0, 2, 3]), 15)
    assert times.tolist() == [0, 15, 30, 60]
    assert np.isnan(values[2])


def test_the_pareto_front() -> None:
    beaten = machine("beaten", 290.0, 0.03)
    twin = machine("twin", 300.0, 0.02)
    found = front([LARGE, SMALL, beaten, UNTESTED, machine("unpriced", 999.0, None), twin])
    assert found == ["small", "twin", "large"]


@given(
    st.lists(st.tuples(st.floats(0.01, 10), st.floats(1, 1000)), min_size=1, max_size=12),
)
def test_a_machine_is_on_the_front_exactly_when_none_beats_it(
    offers: list[tuple[float, float]],
) -> None:
    machines = [machine(f"m{i}", most, price) for i, (price, most) in enumerate(offers)]
    on_it = set(front(machines))
    for i, (price, most) in enumerate(offers):
        beaten = any(p <= price and u >= most and (p < price or u > most) for p, u in offers)
        assert (f"m{i}" in on_it) != beaten


def test_counted_faults_are_said_where_they_touch_a_machine() -> None:
    samples = {
        RESTARTS: [Sample({"instance": "small"}, 0, 2.0)],
        RESETS: [Sample({"instance": "small"}, 0, 2.0), Sample({"instance": "large"}, 0, 1.0)],
        VIOLATIONS: [Sample({"instance": "large", "collector": "cpu", "rule": "r"}, 0, 3.0)],
    }
    found = remarks([SMALL, LARGE], {}, samples, RANGE, ENGLISH)
    assert "small: the machine was restarted 2 times in the range." in found
    assert any(text.startswith("large: CPU counters were reset once") for text in found)
    assert any(
        text.endswith("of cpu broke the rule r about 3 times: what they feed is in doubt.")
        for text in found
    )
    assert not any(text.startswith("small: CPU counters") for text in found)


def test_what_did_not_happen_is_not_counted() -> None:
    def said(query: InstantQuery, value: float) -> list[str]:
        labels = {"instance": "small", "collector": "cpu", "rule": "r"}
        samples = {query: [Sample(labels, 0, value)]}
        plain = remarks([SMALL], {}, {}, RANGE, ENGLISH)
        return [text for text in remarks([SMALL], {}, samples, RANGE, ENGLISH) if text not in plain]

    assert said(RESTARTS, 0.0) == said(RESETS, 0.0) == []
    assert said(RESTARTS, 1.0) == ["small: the machine was restarted once in the range."]
    assert said(RESETS, 1.0)[0].startswith("small: CPU counters were reset once without a")
    # A rate over the range's edge makes less than one of a violation that did happen.
    assert "broke the rule r about once:" in said(VIOLATIONS, 0.3)[0]


def test_a_rate_without_an_interval_is_said() -> None:
    assert SMALL.test
    unknown = np.full(2, np.nan)
    curve = replace(SMALL.test.curve, lower=unknown, upper=unknown)
    old = replace(
        SMALL, test=replace(SMALL.test, max=None, curve=curve), units_per_dollar=None, price=None
    )
    assert verdict([old, UNTESTED], ENGLISH) == [
        "No machine's units per dollar are known, so none can be called good value.",
        "small does 300.0 units per second at full load, 2.00 times what one worker does alone.",
        "No interval of these rates is known, nor how much machines of the same type differ: a load"
        " test of each, run three times, would tell both.",
    ]
