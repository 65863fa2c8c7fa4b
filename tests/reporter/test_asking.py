from __future__ import annotations

import pytest

from reporter.asking import spread
from reporter.checking import without_machines
from reporter.queries import matcher


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
