"""Queries as objects: their placeholders, units and order, and what of them is asked first."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.asking import placeholders
from reporter.asking.lost_time_queries import COVERED, STOLEN_TIME
from reporter.asking.machine_queries import CORES, CPUS, MACHINES, RUN_VALID
from reporter.asking.price_queries import PRICE, UNITS_PER_DOLLAR
from reporter.asking.query import InstantQuery, Query, RangeQuery, in_order, told_apart
from reporter.asking.usage_queries import CPU_BUSY, RESETS, RESTARTS
from reporter.figures.catalogue import FIGURES, QUERIES, queries_by_name

EVERY = list(QUERIES.values())
NEWEST = [q for q in EVERY if isinstance(q, InstantQuery) and q.newest]
IN_TWO_STEPS = [q for q in EVERY if isinstance(q, InstantQuery) and q.at_the_end]


def filled(query: Query, machine: str = "a") -> str:
    return placeholders.fill(
        query.expression,
        machines=[machine],
        kernel="rmw",
        purchase="spot",
        seconds=3600,
        window=60,
    )


@pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)
def test_every_query_has_a_unit_and_machines_and_nothing_is_left_to_fill(query: Query) -> None:
    assert query.unit
    assert "$machines" in query.expression
    assert "$" not in filled(query)
    assert "{{" not in query.expression


@pytest.mark.parametrize(
    ("kind", "expression", "message"),
    [
        (RangeQuery, "up{$machine}", r"found \$machine in"),
        (RangeQuery, "rate(up{$machines}[$range])", r"found \$range in"),
        (InstantQuery, "rate(up{$machines}[$window])", r"found \$window in"),
        (RangeQuery, "up{$Machines}", r"expected one of .* at each \$"),
        (RangeQuery, 'label_replace(up{$machines}, "a", "$1", "b", ".*")', r"at each \$"),
        (RangeQuery, "up{$machines} $", r"at each \$"),
    ],
)
def test_a_placeholder_that_there_is_not_is_refused_when_a_query_is_declared(
    kind: type[Query], expression: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        kind("toy", expression, "1")


def test_a_first_part_that_is_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="toy: expected an expression that begins with"):
        InstantQuery("toy", "up{$machines}", "1", at_the_end="down{$machines}")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_name_of_a_machine_changes_what_else_is_asked(name: str) -> None:
    before, after = "last_over_time(perf_machine_info{", "}[3600s])"
    found = filled(MACHINES, name)
    assert found == f"{before}{placeholders.matcher([name])}{after}"


def test_a_name_with_a_dollar_is_not_filled_again() -> None:
    assert "$kernel" in filled(PRICE, "a$kernel")


def test_answers_are_found_by_queries_also_after_a_journey_to_another_process() -> None:
    answers = {CPU_BUSY: 1, PRICE: 2}
    assert pickle.loads(pickle.dumps(answers))[CPU_BUSY] == 1
    assert CPU_BUSY != "CPU busy"
    assert "CPU busy" not in answers


def test_two_queries_of_one_name_are_refused() -> None:
    twin = RangeQuery("CPU busy", "up{$machines}", "1")
    with pytest.raises(ValueError, match="expected one query of a name, found two: CPU busy"):
        queries_by_name([CPU_BUSY, twin])


def test_queries_are_told_in_their_order() -> None:
    late, early = RangeQuery("a", "up", "1"), RangeQuery("b", "up", "1", order=1)
    assert in_order([late, early, late]) == (early, late)
    assert len({figure.title for figure in FIGURES.values()}) > 15


def test_several_expressions_are_told_apart_by_a_label() -> None:
    assert told_apart({"x": "up", "y": "down"}, "of") == (
        'label_replace(up, "of", "x", "instance", ".*")'
        ' or label_replace(down, "of", "y", "instance", ".*")'
    )


def test_the_cheap_part_is_the_first_of_the_whole() -> None:
    rests = {
        PRICE: "avg_over_time(",
        CPUS: "count by (instance) (",
        UNITS_PER_DOLLAR: "max by (instance)",
        CORES: "count by (instance) (",
        COVERED: "clamp_max(",
        RESTARTS: "on (instance) clamp_min(",
        RESETS: "max by (instance)",
        STOLEN_TIME: "avg by (instance)",
    }
    assert {*IN_TWO_STEPS} == rests.keys()
    for query in IN_TWO_STEPS:
        assert query.expression.startswith(f"{query.at_the_end} or {rests[query]}")
        assert query.first_part(300, lately=False) == query.at_the_end


@pytest.mark.parametrize("query", NEWEST, ids=lambda query: query.name)
def test_a_fleet_is_asked_for_its_last_minutes_first(query: InstantQuery) -> None:
    part = query.first_part(86_400, lately=True)
    assert part == query.expression.replace("[$range]", "[300s]") != query.expression
    assert not query.first_part(300, lately=True)
    assert not query.first_part(86_400, lately=False)


def test_what_counts_over_the_range_is_asked_over_all_of_it() -> None:
    assert len(NEWEST) == 18
    assert RUN_VALID in NEWEST
    others = [q for q in EVERY if isinstance(q, InstantQuery) and q not in (*NEWEST, *IN_TWO_STEPS)]
    names = {query.name for query in others}
    assert {"Machines", "Time waited", "Violations"} <= names
    assert [query.first_part(86_400, lately=True) for query in others] == [""] * len(others)
