from __future__ import annotations

from collections.abc import Sequence

import pytest

from reporter.asking import end_first, spread
from reporter.checking import without_machines
from reporter.promql import Sample
from reporter.queries import AT_THE_END, INSTANT, matcher


@pytest.mark.parametrize(
    ("count", "at_once", "sizes"),
    [
        (0, 4, []),
        (1, 4, [1]),
        (100, 4, [100]),
        (101, 4, [100, 1]),
        (1000, 4, [250, 250, 250, 250]),
        (1001, 4, [251, 251, 251, 248]),
        (1000, 1, [1000]),
    ],
)
def test_a_fleet_is_spread_over_the_queries_at_once(
    count: int, at_once: int, sizes: list[int]
) -> None:
    names = [f"m{i}" for i in range(count)]
    parts = spread(names, at_once)
    assert [len(part) for part in parts] == sizes
    assert [name for part in parts for name in part] == names


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
    end_first(["a"], None, "whole", ask)
    assert asked == [("part", ("a", "b")), ("whole", ("a",))]


@pytest.mark.parametrize("name", AT_THE_END)
def test_the_cheap_part_is_the_first_of_the_whole(name: str) -> None:
    assert INSTANT[name].startswith(f"{AT_THE_END[name]} or count by (instance) (")
