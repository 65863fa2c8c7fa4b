"""Fleets in parts: groups, what is asked first, and parts that are told as one query."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from perfanalysis.promql import Sample
from reporter.asking.batches import end_first, spread
from reporter.asking.placeholders import matcher
from reporter.commands.check import without_machines


@pytest.mark.parametrize(
    ("count", "at_once", "sizes"),
    [
        (0, 4, []),
        (1, 4, [1]),
        (100, 4, [100]),
        (101, 4, [51, 50]),
        (1000, 4, [100] * 10),
        (2000, 4, [125] * 16),
        (1000, 2, [125] * 8),
        (1000, 1, [1000]),
    ],
)
def test_a_fleet_is_spread_over_more_queries_than_run_at_once(
    count: int, at_once: int, sizes: list[int]
) -> None:
    names = [f"m{i}" for i in range(count)]
    parts = spread(names, at_once)
    assert [len(part) for part in parts] == sizes
    assert sorted(name for part in parts for name in part) == sorted(names)


def test_each_part_of_a_fleet_has_machines_of_every_type() -> None:
    names = [f"large-{i}" for i in range(300)] + [f"small-{i}" for i in range(300)]
    parts = spread(names, 2)
    assert [sum(name.startswith("large") for name in part) for part in parts] == [50] * 6


def test_parts_of_a_fleet_are_one_query() -> None:
    parts = [matcher([]), matcher(["a", "b"]), matcher(['say "c\\d"', "e.f"])]
    found = {without_machines(f'up{{{part},mode="idle"}}') for part in parts}
    assert found == {'up{instance,mode="idle"}'}


def test_only_machines_that_the_cheap_part_leaves_are_asked_the_whole() -> None:
    asked = []

    def ask(expression: str, names: Sequence[str]) -> list[Sample]:
        asked.append((expression, tuple(names)))
        there = [name for name in names if expression == "whole" or name != "gone"]
        return [Sample({"instance": name}, 0.0, 2.0) for name in there]

    found = end_first(["a", "gone", "b"], "part", "whole", ask)
    assert asked == [("part", ("a", "gone", "b")), ("whole", ("gone",))]
    assert sorted(sample.labels["instance"] for sample in found) == ["a", "b", "gone"]
    asked.clear()
    end_first(["a", "b"], "part", "whole", ask)
    end_first(["a"], "", "whole", ask)
    assert asked == [("part", ("a", "b")), ("whole", ("a",))]


def test_of_those_left_the_whole_is_asked_of_machines_that_have_what_it_needs() -> None:
    asked = []

    def ask(expression: str, names: Sequence[str]) -> list[Sample]:
        asked.append((expression, tuple(names)))
        there = {"part": {"a"}, "needed": {"b"}, "whole": {"b"}}[expression]
        return [Sample({"instance": name}, 0.0, 2.0) for name in names if name in there]

    found = end_first(["a", "b", "c"], "part", "whole", ask, "needed")
    assert [sample.labels["instance"] for sample in found] == ["a", "b"]
    assert asked == [("part", ("a", "b", "c")), ("needed", ("b", "c")), ("whole", ("b",))]
