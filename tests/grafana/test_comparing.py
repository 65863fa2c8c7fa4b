"""Two engines' answers are told apart where they differ, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.grafana.hour.comparing import differences


def series(*values: float, instance: str = "a") -> dict[str, Any]:
    return {"metric": {"instance": instance}, "values": [[t, str(v)] for t, v in enumerate(values)]}


@pytest.mark.parametrize(
    ("right", "told"),
    [
        ([series(100, 200)], []),
        ([series(104, 200)], []),
        ([series(106, 200)], ["(('instance', 'a'),): 1 of 2: 100.0 and 106.0"]),
        ([series(100, 200, instance="b")], ["only left: ", "only right: "]),
        ([series(100)], ["(('instance', 'a'),): 2 and 1 moments, 1 shared"]),
        ([], ["only left: "]),
    ],
)
def test_differences(right: list[dict[str, Any]], told: list[str]) -> None:
    found = differences([series(100, 200)], right, lambda _: True)
    assert len(found) == len(told)
    assert all(line.startswith(begin) for line, begin in zip(found, told, strict=True))


def test_moments_that_do_not_count_are_left_out() -> None:
    assert differences([series(1, 2)], [series(9, 2)], lambda moment: moment > 0) == []


def test_next_to_nothing_is_not_compared_by_its_share() -> None:
    assert differences([series(1000, 0)], [series(1000, 0.1)], lambda _: True) == []
